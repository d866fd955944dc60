//! A folder of its own for each test, the program in it, and waiting for conditions.

use std::{
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// Longer than anything here takes on a busy machine.
pub const LONG: Duration = Duration::from_secs(120);

/// An empty folder with the settings of its environment.
pub struct Place {
    folder: tempfile::TempDir,
    env: Vec<(String, String)>,
}

/// A finished run.
#[derive(Debug)]
pub struct Done {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// A program that runs; killed when dropped.
pub struct Running {
    pub child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Self { folder, env: Vec::new() }
    }

    /// Sets an environment variable for all runs to come.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("the folder can be written to");
    }

    /// Runs the program to its end.
    pub async fn run(&self, args: &[&str]) -> Done {
        self.run_with_input(args, "").await
    }

    pub async fn run_with_input(&self, args: &[&str], input: &str) -> Done {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program is built");
        let mut stdin = child.stdin.take().expect("piped");
        // A program that does not read its input may have ended already.
        stdin.write_all(input.as_bytes()).await.ok();
        drop(stdin);
        let ended = tokio::time::timeout(LONG, child.wait_with_output());
        let Output { status, stdout, stderr } =
            ended.await.unwrap_or_else(|_| panic!("{args:?} does not end")).expect("it ran");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Done { code: status.code(), out: text(stdout), err: text(stderr) }
    }

    /// Starts the program and leaves it running.
    pub fn start(&self, args: &[&str]) -> Running {
        let mut child = self
            .command(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program is built");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Running { child, lines }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_siyu"));
        command.args(args).current_dir(self.folder.path()).env_clear().kill_on_drop(true);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }
}

impl Done {
    /// The output of a run that must have succeeded.
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self.out
    }

    pub fn json(self) -> Value {
        serde_json::from_str(&self.ok()).expect("JSON")
    }

    /// The words of a run that must have failed with 1.
    pub fn refused(self) -> String {
        assert_eq!(self.code, Some(1), "{self:#?}");
        assert!(self.err.contains("siyu: "), "{self:#?}");
        self.err
    }
}

impl Running {
    /// Waits for the line that begins so, and gives what follows.
    pub async fn line(&mut self, start: &str) -> String {
        let line = self.whole_line(start).await;
        line[start.len()..].trim().to_owned()
    }

    /// Waits for the line that begins so.
    pub async fn whole_line(&mut self, start: &str) -> String {
        let found = async {
            while let Some(line) = self.lines.next_line().await.expect("UTF-8") {
                if line.starts_with(start) {
                    return line;
                }
            }
            panic!("it ended without the line {start:?}");
        };
        tokio::time::timeout(LONG, found).await.unwrap_or_else(|_| panic!("no line {start:?}"))
    }

    /// Sends a signal and gives the exit code; none when the signal ended it.
    pub async fn signal(&mut self, name: &str) -> Option<i32> {
        let pid = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status().await;
        assert!(sent.expect("kill is there").success());
        let ended = tokio::time::timeout(LONG, self.child.wait()).await;
        ended.expect("it ends").expect("it ran").code()
    }
}

/// Waits until a condition holds.
pub async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let wait = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LONG, wait).await.unwrap_or_else(|_| panic!("waited in vain: {what}"));
}

/// A client for the addresses of a test.
pub fn http() -> reqwest::Client {
    let timeouts = wecom::http::Timeouts { connect_ms: 5_000, request_ms: 30_000 };
    wecom::http::client(timeouts).expect("a client can be made")
}

/// The JSON in a file.
pub fn json_in(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("the file is there");
    serde_json::from_str(&text).expect("JSON")
}
