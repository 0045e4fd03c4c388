/** How numbers without a country code are written, where this is more than "a zero, then the rest". Pure. Numbering plans
    after ITU-T E.164's list of national plans, as far as their beginning and length go; the judge is the service. */

/** The region's own numbers, digits only. Where they begin with a zero, the finder knows that form itself. */
const NATIONAL: Readonly<Record<string, RegExp>> = {
  AR: /^[1-9]\d{9}$/, AU: /^1[38]00\d{6}$/, BR: /^(?:[1-9]\d9?\d{8}|[34]00\d{5})$/, CL: /^[2-9]\d{8}$/, CO: /^(?:3\d{9}|60\d{8})$/, CZ: /^[2-9]\d{8}$/,
  DK: /^[2-9]\d{7}$/, EE: /^[3-9]\d{6,7}$/, ES: /^[5-9]\d{8}$/, GR: /^[2689]\d{9}$/, HK: /^[2-9]\d{7}$/, IN: /^(?:[6-9]\d{9}|1800\d{6,7})$/,
  IT: /^(?:3\d{8,9}|8[09]\d{4,7})$/, LU: /^[2-9]\d{5,8}$/, LV: /^[2689]\d{7}$/, MX: /^[2-9]\d{9}$/, NO: /^[2-9]\d{7}$/, PL: /^[1-9]\d{8}$/,
  PT: /^[2-9]\d{8}$/, SG: /^[3689]\d{7}$/,
};
/** They dial no zero first; Italy's zeros belong to the number. */
const NO_ZERO = new Set(["CL", "CO", "CZ", "DK", "EE", "ES", "GR", "HK", "LU", "LV", "MX", "NO", "PL", "PT", "SG"]);
const NORTH_AMERICA = new Set(["US", "CA", "PR", "DO", "JM", "BS", "BB", "TT", "BM", "KY", "VI", "GU"]);

export const isNorthAmerica = (region: string): boolean => NORTH_AMERICA.has(region);
export const dialsZero = (region: string): boolean => !NORTH_AMERICA.has(region) && !NO_ZERO.has(region);

/** Written in groups, or in one piece where it is too long for a date: 20261103 is no number of Singapore's. */
export const isOfRegion = (number: string, all: string, region: string): boolean => {
  if (!NATIONAL[region]?.test(all)) return false;
  if (/^\d+$/u.test(number)) return all.length >= 9;
  return !/^\d{1,3}(?:\.\d{3})+$/u.test(number) && !/^[^-–]*[-–]\d{1,2}$/u.test(number);
};
