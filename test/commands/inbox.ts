// npm run test:inbox [-- KILLS]: kills two processes that share an inbox, thousands of times.
import { killAtRandom } from '../inbox/campaign';
import { runCommand } from './command';

const KILLS = 5_000;

runCommand(async () => {
	const kills = Number(process.argv[2] ?? KILLS);
	if (!Number.isSafeInteger(kills) || kills < 1)
		throw new Error('The number of kills must be a whole number above 0, as in: npm run test:inbox -- 5000');
	const { lost, twice, damaged, errors, ...counts } = await killAtRandom(kills, (done) => {
		if (done % 100 === 0) console.log(`${done} of ${kills} kills`);
	});
	console.log({ ...counts, lost: lost.length, twice: twice.length, damaged, errors });
	const isRight = lost.length + twice.length + damaged + errors.length === 0;
	return { passed: isRight ? 1 : 0, failed: isRight ? 0 : 1 };
});
