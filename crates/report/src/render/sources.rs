use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;

/// Where the texts come from that source frames are cut out of.
pub trait Sources {
    /// The lines `first..=last` (from 1) of a file, without line ends, as many as there are; `None` if it cannot be
    /// read.
    fn lines(&self, file: &str, first: usize, last: usize) -> Option<Vec<String>>;
}

/// No sources: findings appear without frames.
#[derive(Debug, Clone, Copy)]
pub struct NoSources;

impl Sources for NoSources {
    fn lines(&self, _: &str, _: usize, _: usize) -> Option<Vec<String>> {
        None
    }
}

/// Sources on disk, relative to a folder.
///
/// Only the lines that are asked for are kept, and a file is read on from where the last question ended: findings
/// in the order of their places cost one pass, however large the file is.
#[derive(Debug)]
pub struct FileSources {
    folder: PathBuf,
    open: RefCell<HashMap<String, Open>>,
}

/// A file that was read from.
#[derive(Debug)]
struct Open {
    reader: BufReader<File>,
    /// The line that comes next.
    next: usize,
    /// Where some of the lines that were passed begin.
    marks: BTreeMap<usize, u64>,
}

/// How many lines lie between two marks.
const STRIDE: usize = 1024;

/// How many files are kept open: findings and the places that explain them take turns.
const MOST_OPEN: usize = 32;

/// How much of a line is read for a frame.
const LINE_LIMIT: u64 = 16 << 20;

impl FileSources {
    /// Sources relative to `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), open: RefCell::default() }
    }

    fn open(&self, file: &str) -> Option<Open> {
        let path = self.folder.join(file);
        // A pipe or a device would be read for ever, or a second time in vain.
        std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
        let reader = BufReader::new(File::open(path).ok()?);
        Some(Open { reader, next: 1, marks: BTreeMap::from([(1, 0)]) })
    }
}

impl Sources for FileSources {
    fn lines(&self, file: &str, first: usize, last: usize) -> Option<Vec<String>> {
        let mut open = self.open.borrow_mut();
        if !open.contains_key(file) {
            let opened = self.open(file)?;
            if open.len() >= MOST_OPEN {
                open.clear();
            }
            open.insert(file.to_owned(), opened);
        }
        open.get_mut(file)?.lines(first.max(1), last).ok()
    }
}

impl Open {
    fn lines(&mut self, first: usize, last: usize) -> io::Result<Vec<String>> {
        let mark = self.marks.range(..=first).next_back().map(|(line, offset)| (*line, *offset));
        if let Some((line, offset)) = mark.filter(|(line, _)| first < self.next || *line > self.next) {
            self.reader.seek(SeekFrom::Start(offset))?;
            self.next = line;
        }
        while self.next < first {
            if self.reader.skip_until(b'\n')? == 0 {
                return Ok(Vec::new());
            }
            self.passed()?;
        }
        let mut lines = Vec::new();
        while self.next <= last {
            let Some(line) = self.line()? else { break };
            lines.push(line);
        }
        Ok(lines)
    }

    /// Notes that a line was passed.
    fn passed(&mut self) -> io::Result<()> {
        self.next += 1;
        if self.next.is_multiple_of(STRIDE) && !self.marks.contains_key(&self.next) {
            let offset = self.reader.stream_position()?;
            self.marks.insert(self.next, offset);
        }
        Ok(())
    }

    fn line(&mut self) -> io::Result<Option<String>> {
        let mut bytes = Vec::new();
        if (&mut self.reader).take(LINE_LIMIT).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
            bytes.pop_if(|last| *last == b'\r');
        } else {
            self.reader.skip_until(b'\n')?;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let first = self.next == 1;
        self.passed()?;
        Ok(Some(if first { text.trim_start_matches('\u{FEFF}').to_owned() } else { text }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_lines_in_any_order() {
        let folder = tempfile::tempdir().unwrap();
        let text: String = (1..=5000).map(|line| format!("line {line}\r\n")).collect();
        std::fs::write(folder.path().join("a"), format!("\u{FEFF}{text}last")).unwrap();
        let sources = FileSources::new(folder.path());
        for line in [1, 4999, 1023, 1024, 1025, 3, 4096, 5000, 2] {
            let next = if line == 5000 { "last".to_owned() } else { format!("line {}", line + 1) };
            assert_eq!(sources.lines("a", line, line + 1), Some(vec![format!("line {line}"), next]));
        }
        assert_eq!(sources.lines("a", 5001, 5009), Some(vec!["last".to_owned()]));
        assert_eq!(sources.lines("a", 6000, 6001), Some(Vec::new()));
        assert_eq!(sources.lines("a", 7, 7), Some(vec!["line 7".to_owned()]));
        assert_eq!(sources.lines("b", 1, 1), None);
        assert_eq!(sources.lines(".", 1, 1), None);
    }
}
