// Who was let in too long ago is let in again by their session, and the same is asked once more. Who is a customer too is
// answered 403 then.

export async function admitted(ask) {
  const response = await ask();
  if (response.status !== 401 && response.status !== 403) return response;
  await fetch("/desk/sign-in/renew?to=/health");
  return ask();
}
