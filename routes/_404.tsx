export const title = "Not found";

export default function NotFoundPage() {
  return (
    <div class="empty-page">
      <h2>There is no page at this address</h2>
      <p>Your records are not affected.</p>
      <a class="button primary" href="/">Go to Watch</a>
    </div>
  );
}
