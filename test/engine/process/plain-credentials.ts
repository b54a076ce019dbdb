import { Credentials } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	ICredentials,
	IHttpRequestOptions,
	INode,
	INodeCredentialsDetails,
	INodeParameters,
	INodeProperties,
	IWorkflowExecuteAdditionalData,
	IRequestOptionsSimplified,
} from 'n8n-workflow';
import { ICredentialsHelper, NodeHelpers, UserError } from 'n8n-workflow';
import type { LoadedPackage } from './loaded-package';

/**
 * Passes the plain credential data of a test to nodes. As in n8n, the credential type's defaults are added, and fields hidden by
 * its display options are dropped. Expressions in credentials are not resolved.
 */
export class PlainCredentials extends ICredentialsHelper {
	constructor(
		private readonly loaded: LoadedPackage,
		private readonly data: Record<string, ICredentialDataDecryptedObject>,
	) {
		super();
	}

	/** Assigns the credential of the right type to a node without one, as a user does after opening a template. */
	assignTo(node: INode): INode {
		const missing = this.loaded.credentialsOfNode(node).filter((type) => !node.credentials?.[type] && this.data[type]);
		if (missing.length === 0) return node;
		const assigned = Object.fromEntries(missing.map((type) => [type, { id: type, name: type }]));
		return { ...node, credentials: { ...node.credentials, ...assigned } };
	}

	/** Returns the data as a node sees them. */
	withDefaults(type: string, data: ICredentialDataDecryptedObject): ICredentialDataDecryptedObject {
		const values = NodeHelpers.getNodeParameters(
			this.getCredentialsProperties(type),
			data as INodeParameters,
			true,
			false,
			null,
			null,
		);
		return (values ?? {}) as ICredentialDataDecryptedObject;
	}

	override async getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		{ name }: INodeCredentialsDetails,
		type: string,
	): Promise<ICredentialDataDecryptedObject> {
		const data = this.data[`${type}/${name}`] ?? this.data[type];
		if (!data) throw new UserError(`The test gave no credential "${name}" of type "${type}"`);
		return await Promise.resolve(this.withDefaults(type, data));
	}

	override getCredentialsProperties(type: string): INodeProperties[] {
		return this.loaded.credentialType(type).properties;
	}

	override isCredentialUsableByNode(credentialType: string, nodeType: string): boolean {
		if (!this.loaded.credentialType(credentialType).restrictToSupportedNodes) return true;
		return this.loaded.nodesOfCredential(credentialType).includes(nodeType);
	}

	override getParentTypes(): string[] {
		return [];
	}

	override async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions | IRequestOptionsSimplified,
	): Promise<IHttpRequestOptions> {
		const options = requestOptions as IHttpRequestOptions;
		const { authenticate } = this.loaded.credentialType(typeName);
		return typeof authenticate === 'function' ? await authenticate(credentials, options) : options;
	}

	override async preAuthentication(): Promise<undefined> {
		await Promise.resolve(undefined);
	}

	override async runPreAuthentication(): Promise<undefined> {
		await Promise.resolve(undefined);
	}

	override async getCredentials({ id, name }: INodeCredentialsDetails, type: string): Promise<ICredentials> {
		return await Promise.resolve(new Credentials({ id, name }, type));
	}

	override async updateCredentials(): Promise<void> {
		await Promise.resolve();
	}

	override async updateCredentialsOauthTokenData(): Promise<void> {
		await Promise.resolve();
	}
}
