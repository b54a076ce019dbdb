import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { secretsOf } from '../../real-n8n/demo/secrets';
import type { Cluster } from '../../real-n8n/queue/cluster';
import { searchForSecrets } from '../../real-n8n/secret-search';
import type { Checks } from '../checks';

/** Folders of programs, and PostgreSQL's data files, whose content is in the dump as plain text. */
const NOT_SEARCHED = ['node_modules', '.cache', 'data'];

/** Checks that the database, all data sent through Redis, and the logs and files of every process contain no secret. Stops n8n. */
export async function checkLeftovers(checks: Checks, cluster: Cluster): Promise<void> {
	const { main, webhook, workers, sandbox, postgres, redis } = cluster;
	await checks.check('database, Redis, logs and files of all processes contain no secret', async () => {
		const secrets = await secretsOf(sandbox);
		const { messages } = await sandbox.state();
		const processes = [main, webhook, ...workers];
		await Promise.all(processes.map(async (server) => await server.stop()));
		const dumped = dirname(await postgres.dump());
		const folders = [dumped, redis.folder, ...processes.map(({ userFolder }) => userFolder)];
		const search = (wanted: typeof secrets) => folders.map((folder) => searchForSecrets(folder, wanted, NOT_SEARCHED));
		const found = search(secrets).flatMap(({ findings }) => findings);
		assert.deepEqual(found, []);
		// Control: a value that must be found, otherwise the search would not find a secret either.
		const [message] = messages;
		assert.ok(message);
		const control = search([{ name: 'message id', value: message.messageId }]).flatMap(({ findings }) => findings);
		assert.ok(
			control.some(({ where }) => where.endsWith('dump.sql')),
			'The database was not searched',
		);
	});
}
