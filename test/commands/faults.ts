// npm run test:faults [-- TEXT]: shows the outcome of each fault of network, proxy, Roche and S3 as a matrix.
// TEXT: only the faults whose name contains it.
import { runFaultSuite } from '../faults/suite';

runFaultSuite(process.argv[2]).then(
	({ passed, failed }) => {
		console.log(`\n${passed} passed, ${failed} failed`);
		process.exit(failed === 0 && passed > 0 ? 0 : 1);
	},
	(error: unknown) => {
		console.error(error instanceof Error ? error.stack : error);
		console.log('\n0 passed, 1 failed');
		process.exit(1);
	},
);
