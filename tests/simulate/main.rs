//! `cargo run --release -p tests --bin simulate -- --seeds N --from SEED`: runs the shop's simulation for N seeds, 200
//! from 1 unless it is said, and exits with 1 at the first that fails, with the command that replays it.
//!
//! `--sabotage NAME` breaks something on purpose, `--sabotage list` names what can be, `--sabotage all` tries each and
//! exits with 1 where one goes unnoticed; `--steps` writes each call to the error stream.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use tests::simulation::sabotage::Sabotage;
use tests::simulation::{Look, Outcome, run};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How many seeds a sabotage may go unnoticed.
const NOTICED_WITHIN: u64 = 20;

/// What is asked for.
struct Asked {
    seeds: u64,
    from: u64,
    look: Look,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == ["--sabotage", "list"] {
        for sabotage in Sabotage::ALL {
            println!("{}", sabotage.name());
        }
        return ExitCode::SUCCESS;
    }
    if arguments == ["--sabotage", "all"] {
        return sabotage_all();
    }
    match asked(&arguments) {
        Ok(asked) if simulate(&asked) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(wrong) => {
            eprintln!("{wrong}\nusage: simulate [--seeds N] [--from SEED] [--sabotage NAME|list|all] [--steps]");
            ExitCode::from(2)
        }
    }
}

fn asked(arguments: &[String]) -> Result<Asked, String> {
    let mut asked = Asked { seeds: 200, from: 1, look: Look::default() };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--seeds" => asked.seeds = value()?.parse().map_err(|error| format!("--seeds: {error}"))?,
            "--from" => asked.from = value()?.parse().map_err(|error| format!("--from: {error}"))?,
            "--sabotage" => asked.look.sabotage = Some(value()?.parse()?),
            "--steps" => asked.look.aloud = true,
            other => return Err(format!("what is {other}?")),
        }
    }
    Ok(asked)
}

/// Whether every sabotage is noticed within a few seeds.
fn sabotage_all() -> ExitCode {
    let mut unnoticed = Vec::new();
    for sabotage in Sabotage::ALL {
        let look = Look { sabotage: Some(*sabotage), aloud: false };
        let (sum, failed) = run_seeds(&Asked { seeds: NOTICED_WITHIN, from: 1, look });
        match failed {
            Some((seed, outcome)) => {
                let first = outcome.violations.first().map(String::as_str).unwrap_or_default();
                println!(
                    "{}: noticed at seed {seed}: {}",
                    sabotage.name(),
                    first.chars().take(140).collect::<String>()
                );
            }
            None => {
                println!("{}: not noticed in {} seeds", sabotage.name(), sum.0);
                unnoticed.push(sabotage.name());
            }
        }
    }
    println!("sabotage: {} of {} noticed", Sabotage::ALL.len() - unnoticed.len(), Sabotage::ALL.len());
    if unnoticed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs the seeds that are asked for; whether all held.
fn simulate(asked: &Asked) -> bool {
    // Listened to or not, it is one listener: what a log line costs in randomness is the same at every run.
    let filter = Targets::new().with_default(tracing::Level::WARN).with_target("aws_", LevelFilter::OFF);
    let writer = if asked.look.aloud { BoxMakeWriter::new(std::io::stderr) } else { BoxMakeWriter::new(std::io::sink) };
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).without_time();
    tracing_subscriber::registry().with(filter).with(lines).init();
    let began = Instant::now();
    let ((seeds, sum), failed) = run_seeds(asked);
    println!(
        "simulation: {seeds} seeds, {} orders, {} mails, {} calls, {} faults, steps {:016x}, {:.1} s",
        sum.orders,
        sum.mails,
        sum.calls,
        sum.faults,
        sum.steps,
        began.elapsed().as_secs_f64()
    );
    let ends: Vec<String> = sum.ends.iter().map(|(end, count)| format!("{count} {end}")).collect();
    println!("  {}", ends.join(", "));
    let Some((seed, outcome)) = failed else {
        return true;
    };
    println!("seed {seed} fails:");
    for violation in &outcome.violations {
        println!("  {violation}");
    }
    let sabotage = asked.look.sabotage.map(|known| format!(" --sabotage {}", known.name())).unwrap_or_default();
    println!("again, step for step ({:016x}):", outcome.steps);
    println!("  cargo run --release -p tests --bin simulate -- --seeds 1 --from {seed}{sabotage} --steps");
    false
}

/// Runs seeds on all processors until one fails: how many held and what they came to, and the first that failed.
fn run_seeds(asked: &Asked) -> ((u64, Outcome), Option<(u64, Outcome)>) {
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let sum = Mutex::new((0_u64, Outcome::default()));
    let failed = Mutex::new(Vec::<(u64, Outcome)>::new());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while !stop.load(Ordering::SeqCst) {
                    let at = next.fetch_add(1, Ordering::SeqCst);
                    if at >= asked.seeds {
                        return;
                    }
                    let seed = asked.from + at;
                    let outcome = run(seed, asked.look);
                    if !outcome.violations.is_empty() {
                        stop.store(true, Ordering::SeqCst);
                        held(&failed).push((seed, outcome));
                        return;
                    }
                    let mut sum = held(&sum);
                    sum.0 += 1;
                    for (end, count) in outcome.ends {
                        *sum.1.ends.entry(end).or_default() += count;
                    }
                    sum.1.orders += outcome.orders;
                    sum.1.mails += outcome.mails;
                    sum.1.calls += outcome.calls;
                    sum.1.faults += outcome.faults;
                    sum.1.steps ^= outcome.steps;
                }
            });
        }
    });
    let failed = std::mem::take(&mut *held(&failed)).into_iter().min_by_key(|(seed, _)| *seed);
    let sum = std::mem::take(&mut *held(&sum));
    (sum, failed)
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
