import { getToken } from '../../nodes/shared/partners-services/client';
import { openConnection } from '../../nodes/shared/partners-services/connection';
import { startSandboxProcess } from '../sandbox/process';
import type { BadServerCertificate } from '../sandbox/types';

it.each<[BadServerCertificate, RegExp]>([
	['clientOnly', /is not meant for servers/],
	['otherName', /The server certificate is not for localhost/],
	['expired', /The server certificate of \S+ has expired/],
	['notYetValid', /The server certificate of \S+ is not valid yet/],
])('the sandbox with a server certificate that is %s is refused', async (serverCertificate, message) => {
	const sandbox = await startSandboxProcess({ serverCertificate });
	try {
		const fields = { ...sandbox.info.credential, environment: 'custom', baseUrl: sandbox.info.customApiBaseUrl };
		const token = getToken(openConnection(fields), { timeout: 10_000, maxAttempts: 1 });
		await expect(token).rejects.toThrow(message);
	} finally {
		await sandbox.close();
	}
});
