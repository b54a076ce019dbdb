// npm run test:outage [-- --small] [--queue] [LINE]: a day with the EMR unavailable, on a real n8n with a faster clock.
// --speed N, --messages N: other values than the scenario's.
import { play } from '../outage/play';
import { DAY, MORNING } from '../outage/scenario';
import { setUpCluster, setUpStage } from '../outage/stage';
import { N8N_LINES } from '../real-n8n/install';
import { serverPrograms } from '../real-n8n/queue/programs';
import { runChecks } from './command';

/** Reads the number after a flag, such as `--speed 20` for a slow machine. */
function numberAfter(args: string[], flag: string, fallback: number): number {
	const at = args.indexOf(flag);
	const value = Number(args[at + 1]);
	if (at < 0) return fallback;
	if (Number.isSafeInteger(value) && value > 0) return value;
	throw new Error(`${flag} must be followed by a whole number above 0.`);
}

runChecks(async (checks, cleanUp) => {
	const args = process.argv.slice(2);
	const base = args.includes('--small') ? MORNING : DAY;
	const scenario = {
		...base,
		speed: numberAfter(args, '--speed', base.speed),
		messages: numberAfter(args, '--messages', base.messages),
	};
	const line = N8N_LINES.find((one) => args.includes(one)) ?? N8N_LINES[0];
	console.log('\nSetting up');
	const stage = args.includes('--queue')
		? await setUpCluster(cleanUp, serverPrograms(), line, scenario)
		: await setUpStage(cleanUp, line, scenario);
	await play(checks, stage, scenario);
});
