// `chispart completion`: a script by which the shell asks this program what may follow. It reads the commands as they are.
import complete from '@bomb.sh/tab/commander'
import type { Command } from 'commander'

/** To be called last: it describes the commands that the program has by then. */
export function addCompletion(program: Command): void {
  complete(program, { completionCommandName: 'completion' })
  const command = program.commands.find((child) => child.name() === 'completion')
  command?.description('Print a completion script for your shell').addHelpText('after', HOW)
}

const HOW = `
  bash        source <(chispart completion bash)                 in ~/.bashrc, with bash-completion
  zsh         source <(chispart completion zsh)                  in ~/.zshrc
  fish        chispart completion fish | source                  in ~/.config/fish/config.fish
  powershell  chispart completion powershell | Out-String | Invoke-Expression   in $PROFILE`
