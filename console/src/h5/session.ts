import { CallError } from "../http";

const COMPANY = "siyu.h5.company";
const ASKED = "siyu.h5.asked";
const TOO_SOON_MS = 10_000;

/** Which company somebody of these pages belongs to; WeCom's page for it is asked the next time. */
export function keepCompany(id: string) {
  localStorage.setItem(COMPANY, id);
  sessionStorage.removeItem(ASKED);
}

/** Below /h5, with its query. */
export function here(): string {
  return location.pathname.replace(/^\/h5/, "") + location.search;
}

/** The way to WeCom's login page and back to a place below /h5. */
export function signInUrl(to: string, company: string | null): string {
  const query = new URLSearchParams({ to, ...(company === null ? {} : { corp: company }) });
  return `/h5/wecom/start?${query}`;
}

/** Whose pages these are: a notice names its company, otherwise that of the last time. */
function companyOfPage(): string | null {
  return /^\/notice\/(\d+)\//.exec(here())?.[1] ?? localStorage.getItem(COMPANY);
}

/** To WeCom's page, which inside WeCom takes no tap. Whoever just came from there has a browser that keeps nothing. */
export function goAndSignIn(company = companyOfPage()) {
  const asked = Number(sessionStorage.getItem(ASKED) ?? 0);
  if (Date.now() - asked < TOO_SOON_MS) {
    location.replace(`/h5/sign-in?problem=no_cookie&to=${encodeURIComponent(here())}`);
    return;
  }
  sessionStorage.setItem(ASKED, String(Date.now()));
  location.replace(signInUrl(here(), company));
}

export const isSignedOut = (error: unknown) => error instanceof CallError && error.status === 401;
