// npm run demo: the package in a real n8n, from the tarball to the acknowledged file, against the sandbox.
import { withCleanUp, type CleanUp } from '../real-n8n/clean-up';
import { failedRuns, followUp, postNotifications, problemsOf, runByHand } from '../real-n8n/demo/deliveries';
import { searchWhatIsLeft, secretsOf } from '../real-n8n/demo/secrets';
import { printDeliveries } from '../real-n8n/demo/table';
import { fillInTemplates } from '../real-n8n/demo/workflows';
import { THROUGHPUT } from '../real-n8n/environment';
import { duration, withProgress } from '../real-n8n/progress';
import { setUpWorkbench } from '../real-n8n/workbench';

/** @returns the problems found; empty if everything works */
async function demo(cleanUp: CleanUp): Promise<string[]> {
	console.log('\nSetting up');
	const bench = await setUpWorkbench(cleanUp, { environment: THROUGHPUT });

	console.log('\nRunning the templates');
	const templates = await withProgress('Testing the credential and filling in the templates', async () => {
		return await fillInTemplates(bench);
	});
	const byHand = await withProgress(
		'Running one notification by hand',
		async () => await runByHand(bench, templates.byHand),
	);
	const posted = await withProgress('Posting four notifications to the webhook', async () => {
		return await postNotifications(bench, templates.webhook);
	});
	const deliveries = await withProgress('Waiting for the acknowledgements', async () => {
		return await followUp(bench, byHand, posted);
	});
	console.log('\nFetched and acknowledged');
	printDeliveries(deliveries);

	const failed = await failedRuns(bench, posted);

	console.log('\nSearching what n8n left on disk for secrets');
	const secrets = await secretsOf(bench.sandbox);
	await withProgress('Stopping n8n', async () => {
		await bench.n8n.stop();
	});
	const present = deliveries.map(({ messageId }) => messageId);
	const { summary, problems } = searchWhatIsLeft(bench.n8n.userFolder, secrets, present);
	console.log(`  ${problems.length === 0 ? '✓' : '✗'} ${summary}`);
	return [...deliveries.flatMap(problemsOf), ...failed, ...problems];
}

async function main(): Promise<number> {
	const started = Date.now();
	const problems = await withCleanUp(demo);
	const took = duration(Date.now() - started);
	if (problems.length === 0) console.log(`\nEverything works (${took}).`);
	else console.error(`\nProblems found (${took}):\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
	return problems.length === 0 ? 0 : 1;
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
		process.exit(1);
	},
);
