// npm run fuzz:ack -- N [--line 2|1] [--seed S] [--save] [--shown N] [--package DIR]: N random workflows that end with an acknowledgement,
// in n8n's own engine.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runCampaign } from '../fuzz/campaign';
import { installN8n, N8N_LINES } from '../real-n8n/install';
import { runCommand } from './command';
import { chosenLine } from './lines';

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

runCommand(async () => {
	const line = chosenLine(values.line);
	await installN8n(line);
	return await runCampaign({
		line,
		seed: Number(values.seed ?? Date.now() % 1_000_000),
		graphs: Number(positionals[0] ?? 300),
		save: values.save,
		...(values.package === undefined ? {} : { packageDirectory: resolve(values.package) }),
		...(values.shown === undefined ? {} : { shown: Number(values.shown) }),
	});
});
