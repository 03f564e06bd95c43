/// The process: its commands ([Main][dev.sixin.Main]), what it is made of
/// ([Server][dev.sixin.Server]), what can be set ([Options][dev.sixin.Options]) and where it keeps
/// its files ([DataDirectory][dev.sixin.DataDirectory]).
package dev.sixin;
