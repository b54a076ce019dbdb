// npm run test:faults [-- TEXT]: shows the outcome of each fault of network, proxy, Roche and S3 as a matrix.
// TEXT: only the faults whose name contains it.
import { runFaultSuite } from '../faults/suite';
import { runCommand } from './command';

runCommand(async () => await runFaultSuite(process.argv[2]));
