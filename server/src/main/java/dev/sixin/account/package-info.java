/// All that is kept of one user, wherever it stands: handing it over
/// ([Export][dev.sixin.account.Export]) and erasing it ([Erasure][dev.sixin.account.Erasure]). Uses
/// every feature and owns no rows.
///
/// A user's inbox knows every conversation that they had or wrote into, so both start there.
package dev.sixin.account;
