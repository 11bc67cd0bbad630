"""The seed lab, emulated: real SSH servers on loopback that replay what its devices said."""
