//! The console's files are built into the program: it is built anew when there are others.

fn main() {
    println!("cargo:rerun-if-changed=../../console/dist");
}
