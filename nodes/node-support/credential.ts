import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { InvalidInputError } from '../errors/invalid-input-error';
import { networkFailure } from '../errors/network-failures';
import { ServiceError } from '../errors/service-error';
import { getToken } from '../partners-services/client';
import { type Connection, type CredentialFields, openConnection } from '../partners-services/connection';
import { sharedToken } from '../partners-services/shared-token';
import { isFilterMissing } from '../wire/egress';
import { describe, toNodeError } from './node-error';

/** Somebody is waiting in the editor: one attempt, and not for long, in ms. */
const EDITOR_LIMITS = { timeout: 15_000, maxAttempts: 1 } as const;

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
 * The ARNs of the access points that the credential's token grants, for a list in the editor. Runs share the token, so that opening the list
 * again costs no request.
 * @throws NodeApiError or NodeOperationError, which the editor shows instead of the list
 */
export async function grantedAccessPoints(context: ILoadOptionsFunctions): Promise<string[]> {
	try {
		const connection = connectFromEditor(await context.getCredentials('rochePartnersServicesApi'));
		const { awsResources } = await sharedToken(connection, EDITOR_LIMITS);
		return awsResources;
	} catch (error) {
		throw toNodeError(context.getNode(), error, 0);
	}
}

/**
 * A connection for a request from the editor, outside of a run.
 * @throws InvalidInputError; ServiceError if n8n protects internal addresses and cannot be asked about this one: anyone who may create a
 *   credential could otherwise explore the network of the n8n server
 */
function connectFromEditor(data: ICredentialDataDecryptedObject): Connection {
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
