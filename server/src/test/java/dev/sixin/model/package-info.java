/// Random histories of many users, compared with a model that is simple enough to be believed, and
/// readers that poll while others write.
///
/// [HistoriesTest][dev.sixin.model.HistoriesTest] draws a list of [steps][dev.sixin.model.Step]; a
/// [World][dev.sixin.model.World] does each to a real server and to the
/// [Model][dev.sixin.model.Model], then [looks][dev.sixin.model.Look] at both. To bring in a new
/// call: a step if it writes, a line in [Call][dev.sixin.model.Call] and in Look if it reads, and
/// its rule in the model ([Talk][dev.sixin.model.Talk], [Groups][dev.sixin.model.Groups],
/// [Inboxes][dev.sixin.model.Inboxes]) or in one of the classes of answers, such as
/// [SessionAnswers][dev.sixin.model.SessionAnswers].
package dev.sixin.model;
