//! Writes every page and mail, in every state, to a directory, to be looked at.
//!
//! `cargo run -p pages --features assets --example gallery -- OUT_DIR`, then
//! serve the directory: links to the browser's files start at its root.

mod samples;

use pages::product_image::{Kind, svg};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: gallery OUT_DIR")?);
    let mut index = String::from("<!doctype html><meta charset=utf-8><title>Gallery</title><ul>");
    let mut put = |name: &str, content: &str| -> Result<(), Box<dyn Error>> {
        index.push_str(&format!("<li><a href=\"/{name}\">{name}</a>"));
        write(&out.join(name), content.as_bytes())
    };
    for (name, html) in samples::pages() {
        put(&format!("{name}.html"), &html)?;
    }
    for (name, mail) in samples::mails() {
        put(&format!("mail-{name}.html"), &mail.html)?;
        put(
            &format!("mail-{name}.txt"),
            &format!("Subject: {}\nPreheader: {}\n\n{}", mail.subject, mail.preheader, mail.text),
        )?;
    }
    for asset in pages::assets::all() {
        write(&out.join(asset.path.trim_start_matches('/')), asset.bytes.unwrap_or_default())?;
    }
    for (sku, kind) in samples::drawings() {
        write(&out.join(format!("images/{sku}.svg")), svg(&sku, kind).as_bytes())?;
    }
    let mut sheet = String::new();
    for kind in Kind::ALL {
        for n in 0..6 {
            let name = format!("images/sheet-{kind:?}-{n}.svg");
            write(&out.join(&name), svg(&format!("S-{n}{kind:?}"), kind).as_bytes())?;
            sheet.push_str(&format!("<img src=\"/{name}\" width=200 height=250>"));
        }
        sheet.push_str("<br>");
    }
    put("sheet.html", &sheet)?;
    write(&out.join("index.html"), index.as_bytes())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    Ok(fs::write(path, bytes)?)
}
