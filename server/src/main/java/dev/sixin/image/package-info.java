/// Pictures that users upload for their messages. Start reading at
/// [Images#begin][dev.sixin.image.Images#begin].
///
/// Files in the data directory, below `images/`:
///
/// ```
/// incoming/…               what is being received; emptied at each start
/// HH/HASH.png (jpeg, …)    a picture, by the SHA-256 of its bytes in hex; HH: how that begins
/// ```
package dev.sixin.image;
