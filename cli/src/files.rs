//! Reading and writing files, with problems as diagnostics.
//!
//! A file that is there is never overwritten: a new one is written beside its name and then
//! linked to it, which fails when the name is taken.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use carepact::Diagnostic;
use carepact::source::{Code, Location, Severity};
use carepact_finance::files::codes::ENCODING;

use crate::arguments::is_standard_input;

/// A file that cannot be read.
pub static UNREADABLE: Code = Code {
    name: "file-unreadable",
    severity: Severity::Error,
    rule: "every file named on the command line is there and may be read",
};

/// A file that is there.
pub static EXISTS: Code = Code {
    name: "file-exists",
    severity: Severity::Error,
    rule: "a file that is there is never overwritten",
};

/// A file that cannot be written.
pub static UNWRITABLE: Code = Code {
    name: "file-unwritable",
    severity: Severity::Error,
    rule: "a file is written as a whole or not at all",
};

/// The diagnostics of files, which the library does not know.
pub static CODES: [&Code; 3] = [&UNREADABLE, &EXISTS, &UNWRITABLE];

/// A problem with a file as a whole.
pub fn problem(code: &'static Code, found: String, remedy: &str) -> Diagnostic {
    Diagnostic { code, location: Location::Request, found, remedy: remedy.to_string() }
}

/// What a file is called in messages.
pub fn name(file: &Path) -> String {
    if is_standard_input(file) { "standard input".to_string() } else { file.display().to_string() }
}

/// The bytes of a file, or of standard input.
pub fn read(file: &Path) -> Result<Vec<u8>, Diagnostic> {
    let mut bytes = Vec::new();
    let read = if is_standard_input(file) {
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(file)
    };
    read.map_err(|error| {
        let found = format!("{} cannot be read: {error}", name(file));
        let remedies = [
            (ErrorKind::NotFound, "check the name, and the folder that you are in"),
            (ErrorKind::PermissionDenied, "ask for the right to read it, or copy it where you may"),
        ];
        let fitting = remedies.iter().find(|(kind, _)| *kind == error.kind());
        let remedy = fitting.map_or("name a file that can be read", |(_, remedy)| remedy);
        problem(&UNREADABLE, found, remedy)
    })
}

/// The text of a contract.
pub fn read_text(file: &Path) -> Result<String, Diagnostic> {
    String::from_utf8(read(file)?).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let found = format!("{}, line {line}: the text is not UTF-8", name(file));
        problem(&ENCODING, found, "save the file as UTF-8")
    })
}

/// Writes a file that is not there yet.
pub fn write_new(file: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let mut new = NewFile::create(file)?;
    new.write_all(bytes).map_err(|error| unwritable(file, &error))?;
    new.finish()
}

/// Makes a file that is not there yet by whatever writes to the name beside it.
pub fn make_new(
    file: &Path,
    make: impl FnOnce(&Path) -> Result<(), Vec<Diagnostic>>,
) -> Result<(), Vec<Diagnostic>> {
    let new = NewFile::create(file).map_err(|problem| vec![problem])?;
    make(&new.beside)?;
    new.finish().map_err(|problem| vec![problem])
}

/// A file that is not there yet, written piece by piece. It has its name only once it is finished;
/// what is not finished is taken away.
#[derive(Debug)]
pub struct NewFile {
    part: File,
    beside: PathBuf,
    file: PathBuf,
}

impl NewFile {
    /// Begins a file.
    pub fn create(file: &Path) -> Result<NewFile, Diagnostic> {
        let beside = beside(file);
        let part = OpenOptions::new().write(true).create_new(true).open(&beside);
        let part = part.map_err(|error| unwritable(file, &error))?;
        Ok(NewFile { part, beside, file: file.to_path_buf() })
    }

    /// The name that it will have.
    pub fn name(&self) -> &Path {
        &self.file
    }

    /// Gives it its name, unless the name is taken.
    pub fn finish(self) -> Result<(), Diagnostic> {
        let named = self.part.sync_all().and_then(|()| give_name(&self.beside, &self.file));
        named.map_err(|error| {
            let taken = error.kind() == ErrorKind::AlreadyExists;
            if taken { exists(&self.file) } else { unwritable(&self.file, &error) }
        })
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.part.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.part.flush()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // Named or not, the name beside it is no longer wanted; what stands under its own name stays.
        let _ = fs::remove_file(&self.beside);
    }
}

/// A file that cannot be written, and why.
pub fn unwritable(file: &Path, error: &dyn std::error::Error) -> Diagnostic {
    let found = format!("{} cannot be written: {error}", file.display());
    problem(&UNWRITABLE, found, "choose a folder that exists and that you may write to")
}

/// Refuses a name that is taken before any work is done for it; `write_new` refuses it in any case.
pub fn refuse_existing(file: &Path) -> Result<(), Diagnostic> {
    if file.try_exists().unwrap_or(false) { Err(exists(file)) } else { Ok(()) }
}

fn exists(file: &Path) -> Diagnostic {
    let found = format!("{} is there already", file.display());
    problem(&EXISTS, found, "choose another name, or move the file away")
}

fn beside(file: &Path) -> PathBuf {
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    file.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

/// Gives the finished file its name, unless the name is taken.
fn give_name(beside: &Path, file: &Path) -> io::Result<()> {
    match fs::hard_link(beside, file) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // Some shared drives have no links.
        Err(_) if file.try_exists()? => Err(ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(beside, file),
    }
}
