import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	IExecuteFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { InvalidInputError } from '../errors/invalid-input-error';
import { networkFailure } from '../failures/network';
import { ServiceError } from '../errors/service-error';
import { getToken } from '../partners-services/client';
import { type Connection, type CredentialFields, openConnection } from '../partners-services/connection';
import { isFilterMissing } from '../wire/egress';
import { describe, toNodeError } from './node-error';

/** Limits while a user waits in the editor: one short attempt. The timeout is in ms. */
export const EDITOR_LIMITS = { timeout: 15_000, maxAttempts: 1 } as const;

/**
 * Opens the connection of the node's credential.
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
 * Tests the credential, for its Test button: one real Get Token over mutual TLS, with a precise message if it fails. n8n calls the
 * function of any node that uses the credential, so every such node must have it under this name.
 */
export async function rochePartnersServicesApiTest(
	this: unknown,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const connection = connectFromEditor(credential.data ?? {});
		const { awsResources, originRequestId } = await getToken(connection, EDITOR_LIMITS);
		const until = connection.identity.expiresAt.toISOString().slice(0, 10);
		return {
			status: 'OK',
			message: `Roche gave a token for ${awsResources.length} access point(s). The client certificate is valid until ${until}. x-origin-request-id: ${originRequestId}`,
		};
	} catch (error) {
		if (!(error instanceof InvalidInputError || error instanceof ServiceError)) throw error;
		const whatToDo = error instanceof ServiceError ? describe(error) : error.advice;
		return { status: 'Error', message: `${error.message}. ${whatToDo}` };
	}
}

/**
 * Opens a connection for a request from the editor, outside of a run.
 * @throws InvalidInputError; ServiceError for a custom base URL if n8n protects internal addresses, but its filter is not known yet: otherwise,
 *   anyone who may create a credential could explore the network of the n8n server
 */
export function connectFromEditor(data: ICredentialDataDecryptedObject): Connection {
	const fields = credentialFields(data);
	const connection = openConnection(fields);
	if (fields.environment === 'custom' && isFilterMissing(process.env)) {
		throw networkFailure('EGRESS_FILTER_MISSING', connection.baseUrl.host);
	}
	return connection;
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
