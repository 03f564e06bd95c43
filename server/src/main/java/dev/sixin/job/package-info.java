/// Long work that goes on in the background, survives a restart, and holds up nobody. Start reading
/// at [Jobs][dev.sixin.job.Jobs]. Nothing here knows what the work is.
///
/// Rows of a jobs entity (one per user, and number 0 for the site), table `jobs`:
///
/// ```
/// kind u8  →  JobRow: where the work goes on
/// ```
package dev.sixin.job;
