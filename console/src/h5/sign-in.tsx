import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { companies } from "./api";
import { OtherLanguage } from "./frame";
import { useTexts } from "./language";
import { Loading, Problem } from "./parts";
import { signInUrl } from "./session";

/** Where a sign-in with WeCom that did not work leads back to, and whoever signed out. */
export default function SignInPage() {
  const t = useTexts();
  const [query] = useSearchParams();
  const options = useQuery({ queryKey: ["companies"], queryFn: ({ signal }) => companies(signal) });
  const code = query.get("problem");
  const to = query.get("to") ?? "/";
  return (
    <>
      <header>
        <h1>{t.signInTitle}</h1>
      </header>
      <main>
        {code === null ? (
          <p>{t.signedOut}</p>
        ) : (
          // An address may hold anything; what is not known is not repeated.
          <p className="problem" role="alert">
            {Object.hasOwn(t.problems, code) ? t.problems[code] : t.failed}
          </p>
        )}
        {options.error && <Problem error={options.error} retry={() => void options.refetch()} />}
        {options.isLoading && <Loading />}
        {options.data?.wecom.length === 0 && <p>{t.signInNone}</p>}
        {options.data?.wecom.map(({ id, name }) => (
          <a key={id} className="button main" href={signInUrl(to, id)}>
            {name === null ? t.signIn : t.signInOf(name)}
          </a>
        ))}
      </main>
      <footer>
        <OtherLanguage />
      </footer>
    </>
  );
}
