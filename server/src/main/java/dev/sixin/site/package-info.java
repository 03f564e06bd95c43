/// What the operator decides for all users alike: the table of emotes and the keyword rules. Start
/// reading at [SiteTables][dev.sixin.site.SiteTables].
///
/// Rows of the site entity, of which there is one, table `site`:
///
/// ```
/// 0  →  sixin.admin.v1.PutEmotesRequest: the whole table of emotes
/// 1  →  sixin.admin.v1.PutKeywordRulesRequest: the whole list of keyword rules
/// ```
///
/// A table is one row because it is replaced as a whole, and a call that may weigh 1 MiB at most
/// replaces it. Messages never read these rows: they use what was made of them at the start or at
/// the last replacement.
package dev.sixin.site;
