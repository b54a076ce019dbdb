import type { ICredentialType, Icon, INodeProperties } from 'n8n-workflow';

const PEM_HINT = 'The text of a PEM file; lost line breaks are repaired';

/**
 * Roche Partners Services API: what a hospital needs for mutual TLS and the headers of each call (API page, "AUTHENTICATION").
 * It is tested by a function of the nodes that use it, since a test request of n8n itself cannot carry the client certificate.
 */
export class RochePartnersServicesApi implements ICredentialType {
	name = 'rochePartnersServicesApi';

	displayName = 'Roche Partners Services API';

	icon: Icon = {
		light: 'file:../nodes/icons/partners-services.svg',
		dark: 'file:../nodes/icons/partners-services.dark.svg',
	};

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-roche-partners-services#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			options: [
				{ name: 'Demo', value: 'demo' },
				{ name: 'Live (EU)', value: 'live' },
				{ name: 'Custom', value: 'custom' },
			],
			default: 'demo',
			description: 'Demo and live have different certificates, client IDs and secrets',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'https://HOST/partners/services/api/',
			description: 'URL of the API, up to and including /partners/services/api/',
			displayOptions: { show: { environment: ['custom'] } },
			required: true,
		},
		{
			displayName: 'Organization ID',
			name: 'orgId',
			type: 'string',
			default: '',
			placeholder: '3.16.724.4.41',
			description: 'OID of the organization; sent as org_id',
			required: true,
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			description: 'From Roche; sent as client_id',
			required: true,
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'From Roche; sent as client_secret',
			required: true,
		},
		{
			displayName: 'Client Certificate',
			name: 'clientCertificate',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			placeholder: '-----BEGIN CERTIFICATE----- ...',
			description: 'The certificate that Roche signed for your CSR; a chain may follow it',
			hint: PEM_HINT,
			required: true,
		},
		{
			displayName: 'Private Key',
			name: 'privateKey',
			type: 'string',
			typeOptions: { password: true, rows: 4 },
			default: '',
			placeholder: '-----BEGIN PRIVATE KEY----- ...',
			description: 'The key that was created together with the CSR: PKCS#1 or PKCS#8, encrypted or not',
			hint: PEM_HINT,
			required: true,
		},
		{
			displayName: 'Passphrase',
			name: 'passphrase',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Passphrase of the private key, if the key is encrypted',
		},
		{
			displayName: 'CA Certificates',
			name: 'caCertificates',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			placeholder: '-----BEGIN CERTIFICATE----- ...',
			description:
				"The CA certificates that sign Roche's server certificates, root and intermediates; trusted for the API host only, in addition to the public ones",
			hint: PEM_HINT,
		},
	];
}
