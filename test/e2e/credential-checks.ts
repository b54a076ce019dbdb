import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import type { Workbench } from '../real-n8n/workbench';
import type { SandboxInfo } from '../sandbox/types';
import type { Checks } from './checks';
import { CREDENTIAL_TYPE } from './scene';

const FETCH_TYPE = 'n8n-nodes-roche-partners-services.rocheS3Fetch';

interface TestCase {
	what: string;
	change: object;
	status: 'OK' | 'Error';
	/** Compared exactly: it is all the information that a user gets. */
	message: string;
}

/** Checks the results of the credential's button "Test". */
export async function checkCredentialTest(checks: Checks, { rest, sandbox }: Workbench): Promise<void> {
	for (const { what, change, status, message } of testCases(sandbox.info)) {
		await checks.check(`the credential's Test with ${what}: ${status}`, async () => {
			const result = await rest.testCredential('Roche', CREDENTIAL_TYPE, { ...sandbox.info.credential, ...change });
			// Roche's support can find the call by its request id. With an expired certificate there is no call.
			const [said, id] = result.message.split(' x-origin-request-id: ');
			assert.deepEqual({ status: result.status, message: said }, { status, message });
			assert.equal(id !== undefined, !message.startsWith('Client Certificate expired'));
		});
	}
}

/** What the editor offers for the access point of Roche S3 Fetch, and what it says if it cannot ask Roche. */
export async function checkAccessPointList(checks: Checks, { rest, sandbox }: Workbench): Promise<void> {
	const { credential, accessPoint } = sandbox.info;
	const list = async (change: object) => {
		const { id, name } = await rest.createCredential('Roche list', CREDENTIAL_TYPE, { ...credential, ...change });
		const credentials = { [CREDENTIAL_TYPE]: { id, name } };
		const parameters = { source: 'object', options: {} };
		return await rest.listSearch({ name: FETCH_TYPE, version: 1 }, 'searchAccessPoints', credentials, parameters);
	};
	await checks.check('the list of access points has those that the token grants, by their names', async () => {
		const [, , , region, account] = accessPoint.split(':');
		const name = `${accessPoint.split('/')[1]} (${region}, ${account})`;
		assert.deepEqual(await list({}), [{ name, value: accessPoint }]);
	});
	await checks.check('instead of the list the editor gets the reason why Roche refused the token', async () => {
		await assert.rejects(list({ clientSecret: 'wrong' }), /Client ID or Client Secret is wrong \(401\)/);
	});
}

function testCases({ credential, identities }: SandboxInfo): TestCase[] {
	const until = validUntil(credential.clientCertificate);
	const good = `Roche gave a token for 1 access point(s). The client certificate is valid until ${until}.`;
	const pasted = (pem: string): string => pem.trim().replaceAll('\n', ' ');
	return [
		{ what: 'correct data from Roche', change: {}, status: 'OK', message: good },
		{
			what: "spaces instead of line breaks in PEM values (n8n 1.x's single-line fields)",
			change: {
				clientCertificate: pasted(credential.clientCertificate),
				privateKey: pasted(credential.privateKey),
				caCertificates: pasted(credential.caCertificates),
			},
			status: 'OK',
			message: good,
		},
		{
			what: 'an expired certificate',
			change: identities.expired,
			status: 'Error',
			message: `Client Certificate expired on ${validUntil(identities.expired.clientCertificate)}. Ask Roche to sign a new CSR and put the new certificate into the credential.`,
		},
		{
			what: 'a wrong secret',
			change: { clientSecret: 'wrong' },
			status: 'Error',
			message:
				'Client ID or Client Secret is wrong (401). Check both in the credential, and that they belong to its environment: demo and live have different ones. The answer says: "Invalid Client".',
		},
		{
			what: 'an unknown CA',
			change: { caCertificates: '' },
			status: 'Error',
			message:
				'The server certificate of api-services-demo.rochedcplatform-sandbox.com is signed by a CA that n8n does not trust. Put the CA certificates of the server (root and intermediates, several PEM blocks) into the field "CA Certificates" of the credential; for S3 hosts behind an inspecting proxy use NODE_EXTRA_CA_CERTS. TLS verification cannot be switched off.',
		},
	];
}

/** Returns the last day of a PEM certificate in the format of the messages. */
function validUntil(pem: string): string {
	return new Date(new X509Certificate(pem).validTo).toISOString().slice(0, 10);
}
