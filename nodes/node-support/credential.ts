import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	IExecuteFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { InvalidInputError } from '../errors/invalid-input-error';
import { networkFailure } from '../errors/network-failures';
import { ServiceError } from '../errors/service-error';
import { getToken } from '../partners-services/client';
import { type Connection, type CredentialFields, openConnection } from '../partners-services/connection';
import { isFilterMissing } from '../wire/egress';
import { describe, toNodeError } from './node-error';

/** The Test button waits for no retries, and not for long, in ms. */
const TEST_TIMEOUT_MS = 15_000;

/**
 * The connection that the node's credential describes.
 * @throws NodeOperationError that names the field that cannot be used
 */
export async function connect(context: IExecuteFunctions): Promise<Connection> {
	const fields = await context.getCredentials('rochePartnersServicesApi');
	try {
		return openConnection(credentialFields(fields));
	} catch (error) {
		throw toNodeError(context.getNode(), error, 0);
	}
}

/**
 * What the Test button of the credential does: one real Get Token over mutual TLS, and a precise answer when it fails. n8n takes the
 * function of any node that uses the credential, so every node has it, under this name.
 */
export async function rochePartnersServicesApiTest(
	this: unknown,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const fields = credentialFields(credential.data ?? {});
		const connection = openConnection(fields);
		// Whoever may make a credential could otherwise look around in the network of the n8n server by its test.
		if (fields.environment === 'custom' && isFilterMissing(process.env)) {
			throw networkFailure('EGRESS_FILTER_MISSING', connection.baseUrl.host);
		}
		const { awsResources } = await getToken(connection, { timeout: TEST_TIMEOUT_MS, maxAttempts: 1 });
		const until = connection.identity.expiresAt.toISOString().slice(0, 10);
		return {
			status: 'OK',
			message: `Roche gave a token for ${awsResources.length} access point(s). The client certificate is valid until ${until}.`,
		};
	} catch (error) {
		if (!(error instanceof InvalidInputError || error instanceof ServiceError)) throw error;
		return {
			status: 'Error',
			message: `${error.message}. ${error instanceof ServiceError ? describe(error) : error.advice}`,
		};
	}
}

function credentialFields(data: ICredentialDataDecryptedObject): CredentialFields {
	const text = (name: string): string => (typeof data[name] === 'string' ? data[name] : '');
	return {
		environment: text('environment'),
		baseUrl: text('baseUrl'),
		orgId: text('orgId'),
		clientId: text('clientId'),
		clientSecret: text('clientSecret'),
		clientCertificate: text('clientCertificate'),
		privateKey: text('privateKey'),
		passphrase: text('passphrase'),
		caCertificates: text('caCertificates'),
	};
}
