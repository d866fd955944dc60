//! Programs under measurement: started, watched and stopped by their process ids.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
};

/// Of what the demo writes when it is ready, what a caller needs.
#[derive(serde::Deserialize)]
pub struct Demo {
    pub app_id: String,
    pub app_key: String,
}

/// A child that is killed when dropped.
pub struct Running(Child);

/// The path of a program built beside this one.
pub fn beside(name: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(name);
    if !path.exists() {
        bail!("{} is missing: build it first (`make bench` does)", path.display());
    }
    Ok(path)
}

/// Starts a program, its output going nowhere but errors.
pub fn start(program: &Path, arguments: &[&str]) -> anyhow::Result<Running> {
    start_with(program, arguments, &[])
}

/// Starts a program with further variables in its environment.
pub fn start_with(
    program: &Path,
    arguments: &[&str],
    variables: &[(&str, String)],
) -> anyhow::Result<Running> {
    let child = Command::new(program)
        .args(arguments)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("starting {}", program.display()))?;
    Ok(Running(child))
}

/// Runs a program to its end with `input` on its standard input; what it printed. Its words on standard error
/// are shown only when it fails.
pub async fn run(
    program: &Path,
    arguments: &[&str],
    variables: &[(&str, String)],
    input: &str,
) -> anyhow::Result<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    child.stdin.take().context("stdin is piped")?.write_all(input.as_bytes()).await?;
    let output = child.wait_with_output().await?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{arguments:?} ended with {}: {errors}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

/// Starts a program and reads the first line that it prints.
pub async fn start_and_read(
    program: &Path,
    arguments: &[&str],
) -> anyhow::Result<(Running, String)> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let out = child.stdout.take().context("stdout is piped")?;
    let line = BufReader::new(out).lines().next_line().await?.context("it printed nothing")?;
    Ok((Running(child), line))
}

/// Waits, at most `for_s` seconds, until `look` gives something.
pub async fn wait_for<T>(
    what: &str,
    for_s: u64,
    running: &mut Running,
    mut look: impl FnMut() -> Option<T>,
) -> anyhow::Result<T> {
    for _ in 0..for_s * 10 {
        if let Some(found) = look() {
            return Ok(found);
        }
        if let Some(status) = running.0.try_wait()? {
            bail!("the program ended with {status} before {what}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("{what} did not happen within {for_s} s")
}

impl Running {
    /// Its process id.
    pub fn id(&self) -> anyhow::Result<u32> {
        self.0.id().context("it has ended")
    }

    /// Fails when it has ended by itself.
    pub fn is_running(&mut self) -> anyhow::Result<()> {
        match self.0.try_wait()? {
            Some(status) => bail!("the program ended with {status}"),
            None => Ok(()),
        }
    }

    /// Memory in MiB: all that is resident, and of that what is the program's own (the rest are pages of
    /// files: the program itself and the database).
    pub fn memory_mib(&self) -> anyhow::Result<(f64, f64)> {
        Ok((self.status_mib("VmRSS:")?, self.status_mib("RssAnon:")?))
    }

    /// The most memory that was ever resident, in MiB.
    pub fn peak_memory_mib(&self) -> anyhow::Result<f64> {
        self.status_mib("VmHWM:")
    }

    /// Processor time that it has used, in seconds; the kernel counts hundredths.
    pub fn cpu_s(&self) -> anyhow::Result<f64> {
        let id = self.0.id().context("it has ended")?;
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))
            .context("times are read from /proc, which this system does not have")?;
        // Fields are counted after the name, which may hold anything: 11 and 12 are user and system time.
        let (_, fields) = stat.rsplit_once(')').context("a name is missing in /proc")?;
        let times = fields.split_whitespace().skip(11).take(2);
        let ticks = times.map(str::parse::<u32>).sum::<Result<u32, _>>()?;
        Ok(f64::from(ticks) / 100.0)
    }

    fn status_mib(&self, field: &str) -> anyhow::Result<f64> {
        let id = self.0.id().context("it has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))
            .context("memory is read from /proc, which this system does not have")?;
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let kib = line.context("a field is missing in /proc")?.trim().trim_end_matches(" kB");
        Ok(kib.trim().parse::<f64>()? / 1_024.0)
    }

    /// kill -9.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.0.kill().await?)
    }

    /// Asks it to end as an operator would, and waits.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let id = self.0.id().context("it has ended")?.to_string();
        Command::new("kill").args(["-TERM", &id]).status().await?;
        tokio::time::timeout(Duration::from_secs(20), self.0.wait()).await??;
        Ok(())
    }
}
