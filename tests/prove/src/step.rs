//! Steps: a named command that runs to its end, with what it wrote kept in case it fails.
//!
//! This module knows how to run a program, say so, and show what went wrong. It deliberately does not know which programs there
//! are, nor what their output means.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// How long a step may say nothing before a line tells that it still runs.
const HEARTBEAT: Duration = Duration::from_secs(60);

/// Why a proof stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A program could not be started at all.
    NotStarted {
        /// The program as it was called.
        program: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// A program ran and answered that something is wrong.
    Refused {
        /// The command as one would type it.
        command: String,
        /// Its exit code; none if a signal ended it.
        code: Option<i32>,
        /// All it wrote, both streams as they came.
        output: String,
    },
    /// A file could not be read or written.
    File {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Our own output, or a program's, broke off.
    Pipe(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted { program, .. } => write!(f, "{program} could not be started"),
            Self::Refused { command, code: Some(code), .. } => write!(f, "`{command}` ended with exit code {code}"),
            Self::Refused { command, code: None, .. } => write!(f, "`{command}` was ended by a signal"),
            Self::File { path, .. } => {
                write!(f, "{} could not be read or written", path.display())
            }
            Self::Pipe(_) => write!(f, "output broke off"),
        }
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotStarted { source, .. } | Self::File { source, .. } | Self::Pipe(source) => Some(source),
            Self::Refused { .. } => None,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Pipe(error)
    }
}

/// A command that is to be run, as a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    program: String,
    arguments: Vec<String>,
    directory: Option<PathBuf>,
    variables: Vec<(String, String)>,
}

impl Call {
    /// A program and its arguments, split at spaces; further arguments that hold spaces come by [`Call::with`].
    pub(crate) fn new(line: &str) -> Self {
        let mut words = line.split_whitespace().map(str::to_owned);
        Self {
            program: words.next().unwrap_or_default(),
            arguments: words.collect(),
            directory: None,
            variables: Vec::new(),
        }
    }

    /// A program given by its path.
    pub(crate) fn at(program: &Path, line: &str) -> Self {
        Self {
            program: program.display().to_string(),
            arguments: line.split_whitespace().map(str::to_owned).collect(),
            directory: None,
            variables: Vec::new(),
        }
    }

    /// Further arguments, split at spaces.
    pub(crate) fn then(mut self, line: &str) -> Self {
        self.arguments.extend(line.split_whitespace().map(str::to_owned));
        self
    }

    /// One more argument, taken whole.
    pub(crate) fn with(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Runs in this directory and not in the repository's root.
    pub(crate) fn within(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Sets a variable of the program's environment.
    pub(crate) fn setting(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn command(&self, root: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .current_dir(self.directory.as_deref().unwrap_or(root))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Whether the program can be started and answers 0. What it writes is dropped.
    pub(crate) fn answers(&self, root: &Path) -> bool {
        self.command(root).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.program)?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {argument}"))
    }
}

/// Where steps run and what they say goes to.
pub(crate) struct Stage {
    /// The repository's root, absolute.
    pub(crate) root: PathBuf,
    steps: usize,
}

impl Stage {
    /// A stage in the repository whose root this is.
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root, steps: 0 }
    }

    /// How many steps have passed.
    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    /// Says one line.
    ///
    /// # Errors
    /// [`Failure::Pipe`] if nobody can hear it.
    pub(crate) fn say(&self, line: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        writeln!(out, "{line}")?;
        Ok(out.flush()?)
    }

    /// Runs a command as a step: says its name and why it is taken, waits for its end, says how long it took, and returns all it
    /// wrote.
    ///
    /// # Errors
    /// [`Failure::Refused`] with the output if it does not exit with 0, [`Failure::NotStarted`] if it is not there.
    pub(crate) fn step(&mut self, name: &str, why: &str, call: &Call) -> Result<String, Failure> {
        self.say(&format!("prove: {name}: {why}"))?;
        let started = Instant::now();
        let output = self.run(call, started)?;
        self.say(&format!("prove: {name}: ok after {}", elapsed(started)))?;
        self.steps += 1;
        Ok(output)
    }

    fn run(&self, call: &Call, started: Instant) -> Result<String, Failure> {
        let mut child = call
            .command(&self.root)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| Failure::NotStarted { program: call.program.clone(), source })?;
        let output = self.follow(&mut child, started)?;
        let status = child.wait()?;
        if status.success() {
            return Ok(output);
        }
        Err(Failure::Refused { command: call.to_string(), code: status.code(), output })
    }

    /// Collects both streams in the order in which lines come, and gives a sign of life each minute.
    fn follow(&self, child: &mut Child, started: Instant) -> Result<String, Failure> {
        let (lines, heard) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            listen(stdout, lines.clone());
        }
        if let Some(stderr) = child.stderr.take() {
            listen(stderr, lines.clone());
        }
        drop(lines);

        let mut output = String::new();
        let mut beat = Instant::now();
        loop {
            match heard.recv_timeout(HEARTBEAT.saturating_sub(beat.elapsed())) {
                Ok(line) => output.push_str(&line?),
                Err(RecvTimeoutError::Disconnected) => return Ok(output),
                Err(RecvTimeoutError::Timeout) => {
                    let last = output.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
                    self.say(&format!("prove:   {} and going: {}", elapsed(started), last.trim()))?;
                    beat = Instant::now();
                }
            }
        }
    }
}

/// Sends each line of a stream until it ends, its end-of-line included. A line that is not UTF-8 is sent as well as it can be read.
fn listen(stream: impl Read + Send + 'static, lines: Sender<io::Result<String>>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            let read = reader.read_until(b'\n', &mut bytes);
            let line = match read {
                Ok(0) => return,
                Ok(_) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
                Err(error) => Err(error),
            };
            let broken = line.is_err();
            if lines.send(line).is_err() || broken {
                return;
            }
        }
    });
}

/// Time since an instant, as people say it: `4.2 s`, `3 min 20 s`.
pub(crate) fn elapsed(since: Instant) -> String {
    spoken(since.elapsed())
}

fn spoken(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds}.{} s", time.subsec_millis() / 100),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage() -> Stage {
        Stage::new(std::env::temp_dir())
    }

    #[test]
    fn a_step_returns_both_streams() {
        let call = Call::new("sh -c").with("echo out; echo err >&2");
        let output = stage().step("echo", "to hear it", &call).unwrap();
        let mut lines: Vec<&str> = output.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, ["err", "out"]);
    }

    #[test]
    fn a_failure_keeps_the_code_and_the_output() {
        let mut stage = stage();
        let call = Call::new("sh -c").with("echo wrong; exit 7");
        match stage.step("fail", "to see it", &call) {
            Err(Failure::Refused { command, code, output }) => {
                assert_eq!(command, "sh -c echo wrong; exit 7");
                assert_eq!(code, Some(7));
                assert_eq!(output, "wrong\n");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(stage.steps(), 0);
    }

    #[test]
    fn a_missing_program_is_named() {
        let failure = stage().step("none", "to miss it", &Call::new("no-such-program-here")).unwrap_err();
        assert_eq!(failure.to_string(), "no-such-program-here could not be started");
    }

    #[test]
    fn a_call_has_its_directory_and_variables() {
        let call = Call::new("sh -c").with("pwd; echo $PROVED").within("/").setting("PROVED", "yes");
        assert_eq!(stage().step("where", "to know", &call).unwrap(), "/\nyes\n");
        assert!(Call::new("true").answers(Path::new("/")));
        assert!(!Call::new("false").answers(Path::new("/")));
        assert!(!Call::new("no-such-program-here").answers(Path::new("/")));
    }

    #[test]
    fn times_read_well() {
        assert_eq!(spoken(Duration::from_millis(4_270)), "4.2 s");
        assert_eq!(spoken(Duration::from_secs(200)), "3 min 20 s");
    }
}
