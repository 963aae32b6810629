//! Versions of the contract, and sets of observations, with everything that they hold.

use rusqlite::{Connection, Row};

use super::log::Writing;
use super::problems::{CONTENT, DOUBLED, Outcome, UNKNOWN, refuse};
use super::{Book, Entry, EntryKind, Stamp, hash, read};

/// A version of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractVersion {
    /// Its number, from 1.
    pub version: i64,
    /// The file it came from.
    pub file: String,
    /// The hash of the file.
    pub hash: String,
    /// The id of the contract.
    pub contract: String,
    /// Its title.
    pub title: String,
    /// The entry that took it in.
    pub entry: i64,
}

/// What a set of observations is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Submission {
    /// Early figures, which may change.
    Flex,
    /// The figures that are settled on.
    Freeze,
    /// A correction after the freeze.
    Refresh,
}

impl Submission {
    /// The word of the book.
    pub fn word(self) -> &'static str {
        match self {
            Submission::Flex => "flex",
            Submission::Freeze => "freeze",
            Submission::Refresh => "refresh",
        }
    }
}

/// A set of observations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservationSet {
    /// Its number, from 1.
    pub number: i64,
    /// The file it came from.
    pub file: String,
    /// The hash of the file.
    pub hash: String,
    /// `flex`, `freeze` or `refresh`.
    pub submission: String,
    /// When it was received.
    pub received: String,
    /// The entry that took it in.
    pub entry: i64,
}

impl ContractVersion {
    fn read(row: &Row<'_>) -> rusqlite::Result<ContractVersion> {
        Ok(ContractVersion {
            version: row.get(0)?,
            file: row.get(1)?,
            hash: row.get(2)?,
            contract: row.get(3)?,
            title: row.get(4)?,
            entry: row.get(5)?,
        })
    }
}

impl ObservationSet {
    fn read(row: &Row<'_>) -> rusqlite::Result<ObservationSet> {
        Ok(ObservationSet {
            number: row.get(0)?,
            file: row.get(1)?,
            hash: row.get(2)?,
            submission: row.get(3)?,
            received: row.get(4)?,
            entry: row.get(5)?,
        })
    }
}

impl Book {
    /// Takes a version of the contract in. The bytes are those of a contract that checks clean.
    ///
    /// # Errors
    /// When it is in the book already, or is another contract.
    pub fn add_contract(
        &mut self,
        (file, bytes): (&str, &[u8]),
        contract: &carepact::Contract,
        stamp: &Stamp,
    ) -> Outcome<(i64, Entry)> {
        let own = hash(bytes);
        let mut writing = Writing::begin(self, stamp, EntryKind::Contract)?;
        let known = contracts(&writing.transaction)?;
        if let Some(same) = known.iter().find(|known| known.hash == own) {
            let found = format!("{file} is in the book already, as version {}", same.version);
            return refuse(&DOUBLED, found, "leave it out");
        }
        if let Some(other) = known.iter().find(|known| known.contract != contract.id) {
            let found =
                format!("{file} is the contract `{}`; this is the book of `{}`", contract.id, other.contract);
            return refuse(&CONTENT, found, "begin a book for each contract");
        }
        let version = writing.next("contract", "version")?;
        let hash = writing.store(bytes)?;
        let (id, title) = (contract.id.as_str(), contract.title.as_str());
        writing.add("contract", [version.into(), file.into(), hash.into(), id.into(), title.into()])?;
        Ok((version, writing.finish()?))
    }

    /// Takes a set of observations in. Nothing is held against the contract here.
    ///
    /// # Errors
    /// When a file of the same content is in the book already.
    pub fn add_observations(
        &mut self,
        (file, bytes): (&str, &[u8]),
        submission: Submission,
        received: Option<&str>,
        stamp: &Stamp,
    ) -> Outcome<(i64, Entry)> {
        let own = hash(bytes);
        let mut writing = Writing::begin(self, stamp, EntryKind::Observations)?;
        if let Some(same) = observation_sets(&writing.transaction)?.iter().find(|known| known.hash == own) {
            let found = format!("{file} is in the book already, as set {}", same.number);
            return refuse(&DOUBLED, found, "leave it out");
        }
        let number = writing.next("observations", "number")?;
        let hash = writing.store(bytes)?;
        let received = received.map_or(writing.at.clone(), str::to_string);
        let row = [number.into(), file.into(), hash.into(), submission.word().into(), received.into()];
        writing.add("observations", row)?;
        Ok((number, writing.finish()?))
    }

    /// All versions of the contract.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn contracts(&self) -> Outcome<Vec<ContractVersion>> {
        contracts(&self.connection)
    }

    /// A version of the contract, the latest where none is named.
    ///
    /// # Errors
    /// When there is none.
    pub fn contract(&self, version: Option<i64>) -> Outcome<ContractVersion> {
        let mut known = self.contracts()?;
        let latest = known.last().map(|known| known.version);
        match known.iter().position(|known| Some(known.version) == version.or(latest)) {
            Some(place) => Ok(known.swap_remove(place)),
            None => {
                let found = version.map_or("the book has no contract".to_string(), |version| {
                    format!("the book has no version {version} of the contract")
                });
                refuse(
                    &UNKNOWN,
                    found,
                    "add it with `carepact book add contract`; `carepact book list` lists them",
                )
            }
        }
    }

    /// All sets of observations, in the order in which they were taken in.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn observation_sets(&self) -> Outcome<Vec<ObservationSet>> {
        observation_sets(&self.connection)
    }

    /// Sets of observations by their numbers, all where none is named.
    ///
    /// # Errors
    /// When one is not there, or there is none.
    pub fn observations(&self, numbers: &[i64]) -> Outcome<Vec<ObservationSet>> {
        let known = self.observation_sets()?;
        let remedy = "add it with `carepact book add observations`; `carepact book list` lists them";
        if let Some(missing) = numbers.iter().find(|wanted| known.iter().all(|set| set.number != **wanted)) {
            return refuse(&UNKNOWN, format!("the book has no set {missing} of observations"), remedy);
        }
        if known.is_empty() {
            return refuse(&UNKNOWN, "the book has no observations".to_string(), remedy);
        }
        Ok(known.into_iter().filter(|set| numbers.is_empty() || numbers.contains(&set.number)).collect())
    }
}

fn contracts(connection: &Connection) -> Outcome<Vec<ContractVersion>> {
    let sql = "SELECT version, file, hash, contract, title, entry FROM contract ORDER BY version";
    read::all(connection, sql, [], ContractVersion::read)
}

fn observation_sets(connection: &Connection) -> Outcome<Vec<ObservationSet>> {
    let sql = "SELECT number, file, hash, submission, received, entry FROM observations ORDER BY number";
    read::all(connection, sql, [], ObservationSet::read)
}
