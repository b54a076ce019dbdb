import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { callOptions } from '../shared/node-support/call-options';
import { connect, rochePartnersServicesApiTest } from '../shared/node-support/credential';
import { mapItems } from '../shared/node-support/map-items';
import { once } from '../shared/wire/once';
import { itemParameter } from '../shared/node-support/parameters';
import {
	certificateExpiry,
	type CertificateExpiry,
	WARN_BELOW_DAYS,
} from '../shared/partners-services/certificate-expiry';
import { getToken } from '../shared/partners-services/client';
import { seal } from '../shared/partners-services/seal';
import { sharedToken } from '../shared/partners-services/shared-token';
import { fixedPace } from '../shared/wire/pace';
import { type GetTokenOptions, HINTS, PROPERTIES } from './properties';

/** Items that are processed at once; relevant if each needs its own token. */
const CONCURRENCY = 10;

/** Roche Get Token: gets temporary AWS credentials for the organization's S3 access points. */
export class RocheGetToken implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Roche Get Token',
		name: 'rocheGetToken',
		icon: { light: 'file:../icons/get-token.svg', dark: 'file:../icons/get-token.dark.svg' },
		group: ['input'],
		version: 1,
		subtitle: '={{ $parameter["secretOutput"] === "plain" ? "plain AWS secrets" : "sealed AWS secrets" }}',
		description: "Gets temporary AWS credentials for Roche's S3 access points",
		defaults: { name: 'Roche Get Token' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: undefined,
		sensitiveOutputFields: ['MessageReceiptHandle', 'awsCredentials.SecretAccessKey', 'awsCredentials.SessionToken'],
		credentials: [{ name: 'rochePartnersServicesApi', required: true, testedBy: 'rochePartnersServicesApiTest' }],
		hints: HINTS,
		builderHint: {
			searchHint:
				'Optional: Roche S3 Fetch gets a token by itself. Use this node to reuse one token visibly, or with "Plain" for other AWS nodes.',
			relatedNodes: [
				{ nodeType: 'n8n-nodes-roche-partners-services.rocheS3Fetch', relationHint: 'Reads files with the token' },
			],
		},
		properties: PROPERTIES,
	};

	methods = { credentialTest: { rochePartnersServicesApiTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		let expiry: CertificateExpiry | undefined;
		const items = await mapItems(this, () => {
			const connection = once(() => connect(this));
			const secretOutput = itemParameter(this, 'secretOutput');
			const includeInputFields = itemParameter(this, 'includeInputFields');
			const options = itemParameter(this, 'options');
			const signal = this.getExecutionCancelSignal();

			return {
				pace: fixedPace(CONCURRENCY),
				work: async (item, index) => {
					const { reuseToken = true, includeCertificateExpiry, ...apiOptions } = options(index) as GetTokenOptions;
					const obtain = reuseToken ? sharedToken : getToken;
					const open = await connection();
					const token = await obtain(open, callOptions(apiOptions, signal));
					const plain = secretOutput(index) === 'plain';
					const awsCredentials = { ...(plain ? token.awsCredentials : seal(open, token.awsCredentials)) };
					const fields = includeInputFields(index) === true ? item.json : {};
					expiry = certificateExpiry(open.identity);
					const more = includeCertificateExpiry === true ? { clientCertificate: expiryFields(expiry) } : {};
					return { json: { ...fields, ...token, awsCredentials, ...more }, binary: item.binary };
				},
			};
		});
		if (expiry !== undefined && expiry.daysLeft < WARN_BELOW_DAYS) {
			this.addExecutionHints({ message: expiryHint(expiry), type: 'warning', location: 'outputPane' });
		}
		return [items];
	}
}

function expiryFields({ expiresAt, daysLeft }: CertificateExpiry) {
	return { expiresAt: expiresAt.toISOString(), daysLeft };
}

function expiryHint({ expiresAt, daysLeft }: CertificateExpiry): string {
	const date = expiresAt.toISOString().slice(0, 10);
	return `The client certificate in the credential expires on ${date}, in ${daysLeft} days. Ask Roche to sign a new CSR before then: with an expired certificate every call fails.`;
}
