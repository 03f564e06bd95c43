/// The entities of messaging and what they tell each other: the vocabulary that the features share.
///
/// | entity | key | changed by |
/// | --- | --- | --- |
/// | conversation | [Entity#conversation][dev.sixin.entity.Entity#conversation] | `message` |
/// | inbox | [Entity#inbox][dev.sixin.entity.Entity#inbox] | `session` |
/// | relations | [Entity#relations][dev.sixin.entity.Entity#relations] | `relation` |
/// | group | [Entity#group][dev.sixin.entity.Entity#group] | `group`; its conversation by `message` |
/// | mailings | [Entity#mailings][dev.sixin.entity.Entity#mailings] | `message` |
/// | jobs | [Entity#jobs][dev.sixin.entity.Entity#jobs] | `job` |
/// | user | [Entity#user][dev.sixin.entity.Entity#user] | `user` |
/// | site | [Entity#site][dev.sixin.entity.Entity#site] | `site` |
///
/// A key's first byte says which kind of entity it is, so no key is a prefix of another. Events are
/// the records of [Happening][dev.sixin.entity.Happening]; what is announced to who listens, those
/// of [News][dev.sixin.entity.News].
package dev.sixin.entity;
