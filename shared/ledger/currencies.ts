import { Refusal } from './errors.ts';

/**
 * ISO 4217 codes by the number of decimals of their minor unit: those in use, and the ones withdrawn since
 * 2012, which books of those years still hold.
 */
const codesByDecimals: readonly (readonly [decimals: number, codes: string])[] = [
  [0, 'BIF BYR CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    'ANG BGN CUC HRK LTL LVL MRO SLL STD VEF ZMK ZWL ' +
      'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF ' +
      'CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD ' +
      'GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL ' +
      'MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR ' +
      'PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP ' +
      'TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

const decimalsByCode = new Map(
  codesByDecimals.flatMap(([decimals, codes]) => codes.split(' ').map((code) => [code, decimals] as const)),
);

/** Whether the text is such an ISO 4217 code; case matters, as in the standard. */
export const isCurrency = (code: string): boolean => decimalsByCode.has(code);

/**
 * How many decimals a currency has: USD 2, JPY 0, BHD 3.
 * @throws {Refusal} when the code is not in ISO 4217.
 */
export function decimalsOf(currency: string): number {
  const decimals = decimalsByCode.get(currency);
  if (decimals === undefined) {
    throw new Refusal(
      `Unknown currency ${JSON.stringify(currency.slice(0, 12))}: expected an ISO 4217 code such as USD, EUR or JPY.`,
    );
  }
  return decimals;
}
