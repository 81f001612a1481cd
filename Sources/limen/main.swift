import Crypto
import Posix

CryptoStart.begin()
Signal.ignoreBrokenPipes()
let exitCode = await Limen.run(Array(CommandLine.arguments.dropFirst()))
Terminal.exit(exitCode.rawValue)
