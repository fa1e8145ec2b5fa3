@rem Where npm's scripts run in cmd.exe, which does not have the shell's "exec".
@%*
