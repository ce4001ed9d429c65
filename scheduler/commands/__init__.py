"""What each command does, between the wired application and the console; one file for each kind of command."""
