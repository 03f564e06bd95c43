/// Backups: directories of a server's files as they were at one moment, each content kept once.
/// Knows files only, no database and no messaging. Start reading at [Backups].
///
/// A place of backups:
///
/// ```
/// format         the version of all this: `sixin backup 1`
/// lock           held by the process that adds a backup
/// files/ab/ab…   a content under its SHA-256 in hex, mode 0600
/// lists/000007   what is in backup 7; it is a backup once this file is there
/// ```
///
/// A list is text in UTF-8. Its first line is `taken` and the time, its last one `end` and the
/// SHA-256 of all lines before; between them one line for each file, by blanks: SHA-256, bytes,
/// time of the last change in nanoseconds since 1970, path in the data directory.
package dev.sixin.backup;
