// npm run fuzz:ack -- N [--line 2|1] [--seed S] [--save] [--shown N] [--package DIR]: N random workflows that end with an acknowledgement,
// in n8n's own engine.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runCampaign } from '../fuzz/campaign';
import { installN8n, N8N_LINES } from '../real-n8n/install';

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		line: { type: 'string', default: N8N_LINES[0] },
		seed: { type: 'string' },
		save: { type: 'boolean', default: false },
		shown: { type: 'string' },
		package: { type: 'string' },
	},
});

async function main(): Promise<number> {
	const line = N8N_LINES.find((one) => one === values.line);
	if (line === undefined) throw new Error(`Unknown n8n line ${values.line}; available: ${N8N_LINES.join(', ')}.`);
	await installN8n(line);
	const { passed, failed } = await runCampaign({
		line,
		seed: Number(values.seed ?? Date.now() % 1_000_000),
		graphs: Number(positionals[0] ?? 300),
		save: values.save,
		...(values.package === undefined ? {} : { packageDirectory: resolve(values.package) }),
		...(values.shown === undefined ? {} : { shown: Number(values.shown) }),
	});
	console.log(`\n${passed} passed, ${failed} failed`);
	return failed === 0 && passed > 0 ? 0 : 1;
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		console.log('\n0 passed, 1 failed');
		process.exit(1);
	},
);
