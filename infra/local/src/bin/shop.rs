//! `cargo shop`: the whole shop in one process.
//!
//! Knows the command line; everything else is the engine's.

use std::future::pending;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use local::{Engine, Options, Seeder};
use tokio::net::TcpListener;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

const USAGE: &str = "\
cargo shop [--port N] [--data DIR] [--memory] [--no-seed]   runs the shop
cargo shop token [ROLE] [--port N]                          prints a staff token of a running shop

  --port N      the port on 127.0.0.1 (3000)
  --data DIR    where everything is kept (.cartwright)
  --memory      keeps nothing
  --no-seed     leaves the demo's products out
  ROLE          owner, merchandiser, warehouse or support (owner)
";

/// The file with the variables that a function process outside needs.
const VARIABLES: &str = "lambda.env";

/// What fills an empty shop.
const SEEDER: Option<Seeder> = Some(local::demo);

/// What was asked for.
struct Asked {
    token: Option<String>,
    port: u16,
    data: Option<PathBuf>,
    seeded: bool,
}

fn main() -> ExitCode {
    let asked = match read(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(why) => return told(&format!("{why}\n\n{USAGE}")),
    };
    let done = match &asked.token {
        Some(role) => token(role, asked.port),
        None => run(&asked),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => told(&format!("{why}\n")),
    }
}

/// Says why not.
fn told(why: &str) -> ExitCode {
    match io::stderr().write_all(why.as_bytes()) {
        Ok(()) | Err(_) => ExitCode::FAILURE,
    }
}

fn read(mut words: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut asked = Asked { token: None, port: 3000, data: Some(PathBuf::from(".cartwright")), seeded: true };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} takes a value"));
        match word.as_str() {
            "--port" => {
                asked.port = value()?.parse().map_err(|_| "--port takes a number up to 65535".to_owned())?;
            }
            "--data" => asked.data = Some(PathBuf::from(value()?)),
            "--memory" => asked.data = None,
            "--no-seed" => asked.seeded = false,
            "token" if asked.token.is_none() => asked.token = Some("owner".to_owned()),
            role if asked.token.is_some() && !role.starts_with('-') => {
                asked.token = Some(role.to_owned());
            }
            other => return Err(format!("{other} is not understood")),
        }
    }
    Ok(asked)
}

fn run(asked: &Asked) -> Result<(), String> {
    let began = Instant::now();
    let said = edge::Environment::of_process().get("RUST_LOG").and_then(|said| said.parse::<Targets>().ok());
    let filter = said.unwrap_or_else(|| Targets::new().with_default(tracing::Level::WARN));
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_target(false);
    tracing_subscriber::registry().with(filter).with(lines).init();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?
        .block_on(shop(asked, began))
}

async fn shop(asked: &Asked, began: Instant) -> Result<(), String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, asked.port))
        .await
        .map_err(|error| format!("port {}: {error}", asked.port))?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    let options =
        Options { host: format!("127.0.0.1:{port}"), seeder: SEEDER.filter(|_| asked.seeded), ..Options::default() };
    let engine = Engine::shop(options, asked.data.as_deref()).map_err(|error| error.to_string())?;
    if let Some(directory) = &asked.data {
        let variables: String = engine.variables().iter().map(|(name, value)| format!("{name}='{value}'\n")).collect();
        std::fs::write(directory.join(VARIABLES), variables).map_err(|error| format!("{VARIABLES}: {error}"))?;
    }
    if engine.is_empty().await {
        engine.seed().await?;
    }
    engine.work();
    welcome(&engine, asked, began).map_err(|error| error.to_string())?;
    local::serve(engine, listener, stopped()).await.map_err(|error| error.to_string())
}

/// Waits for Ctrl-C.
async fn stopped() {
    if tokio::signal::ctrl_c().await.is_err() {
        pending::<()>().await;
    }
}

fn welcome(engine: &Engine, asked: &Asked, began: Instant) -> io::Result<()> {
    let url = engine.url();
    let kept = match &asked.data {
        Some(directory) => format!("kept in {}", directory.display()),
        None => "kept nowhere".to_owned(),
    };
    let port = url.rsplit(':').next().unwrap_or_default();
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "\n  Shop      {url}\n  Desk      {url}/desk\n  Console   {url}/_local\n\n  \
         Sign in to the desk as owner@example.com; the link is among the console's mails.\n  \
         For programs: cargo shop token owner --port {port}\n  \
         Cards are paid on a page of the console's; no money moves.\n\n  \
         Ready after {} ms, {kept}. Ctrl-C ends it.\n",
        began.elapsed().as_millis(),
    )?;
    for function in engine.missing() {
        writeln!(out, "  functions/{function} is not in this process: its routes answer 500")?;
    }
    out.flush()
}

/// Asks the shop that runs on `port` for a token.
fn token(role: &str, port: u16) -> Result<(), String> {
    let ask = || -> io::Result<(u16, String)> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect(address)?;
        let role: String = role.chars().filter(char::is_ascii_alphanumeric).collect();
        write!(stream, "GET /_local/token?role={role} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n")?;
        let mut answer = BufReader::new(stream);
        let mut line = String::new();
        answer.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        while answer.read_line(&mut line)? > 2 {}
        let mut body = String::new();
        answer.read_to_string(&mut body)?;
        Ok((status, body))
    };
    match ask() {
        Ok((200, token)) => writeln!(io::stdout(), "{}", token.trim()).map_err(|error| error.to_string()),
        Ok((status, body)) => Err(format!("the shop answered {status}: {}", body.trim())),
        Err(error) => Err(format!("no shop answers on port {port}: {error}")),
    }
}
