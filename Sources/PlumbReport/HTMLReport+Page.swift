// The page's looks, and the few lines of script that filter it.

extension HTMLReport {
    /// Light and dark by the reader's own setting; text keeps a contrast of 4.5 to its ground (WCAG 2.1, AA).
    static let css = """
        :root { --ink: #1d232b; --soft: #56606d; --ground: #fff; --raised: #f5f6f8; --line: #d9dde3; --link: #0b57b4;
          --red: #b3201b; --redground: #fdecea; --green: #1a6b35; --greenground: #e6f4ea;
          --yellow: #7a5200; --yellowground: #fff3d6; --blue: #23508e; --blueground: #e7effa; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e4e8ee; --soft: #a3adba; --ground: #14181d; --raised: #1d232b; --line: #353d48;
            --link: #86b7ff;
            --red: #ff9b93; --redground: #3d1a19; --green: #7fd39a; --greenground: #14301f;
            --yellow: #f2c766; --yellowground: #362a0f; --blue: #9cc3ff; --blueground: #17283f; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 68rem; color: var(--ink);
          background: var(--ground); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
        a { color: var(--link); }
        h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .75rem; }
        h2 { font-size: 1.3rem; margin: 2rem 0 .25rem; }
        h3 { font-size: 1.1rem; line-height: 1.4; margin: 2.25rem 0 .5rem; padding-top: .75rem;
          border-top: 1px solid var(--line); }
        h4 { font-size: 1rem; margin: 0; }
        p { margin: .35rem 0; }
        code, pre, .place { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .875em; }
        pre { margin: .5rem 0; padding: .6rem .8rem; overflow-x: auto; background: var(--raised);
          border: 1px solid var(--line); border-radius: .3rem; white-space: pre; overflow-wrap: normal; }
        .maker, .source, .place, .aside, .count, .zero { color: var(--soft); }
        .maker { margin: 0; font-weight: 600; letter-spacing: .02em; }
        .tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: 0; padding: 0; list-style: none; }
        .tiles li { padding: .4rem .8rem; border-radius: .4rem; background: var(--raised); color: var(--soft); }
        .tiles b { font-size: 1.25rem; margin-right: .2rem; }
        .tiles .holds { background: var(--greenground); color: var(--green); }
        .tiles .fails { background: var(--redground); color: var(--red); }
        .tiles .unknown { background: var(--yellowground); color: var(--yellow); }
        .tiles .accepted { background: var(--blueground); color: var(--blue); }
        .scroll { overflow-x: auto; margin: 1rem 0; }
        table { border-collapse: collapse; width: 100%; overflow-wrap: normal; }
        caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
        th, td { text-align: left; padding: .3rem .6rem; vertical-align: top; border-bottom: 1px solid var(--line); }
        thead th { font-size: .85rem; color: var(--soft); }
        th[scope=rowgroup] { padding-top: .9rem; font-size: .85rem; color: var(--soft); }
        th[scope=row] { white-space: nowrap; }
        .number { text-align: right; font-variant-numeric: tabular-nums; }
        .verdict, .severity { display: inline-block; padding: 0 .45rem; border-radius: .25rem; font-size: .8rem;
          font-weight: 600; line-height: 1.5rem; white-space: nowrap; background: var(--raised); color: var(--soft); }
        .verdict.holds { background: var(--greenground); color: var(--green); }
        .verdict.fails { background: var(--redground); color: var(--red); }
        .verdict.unknown { background: var(--yellowground); color: var(--yellow); }
        .verdict.attested, .verdict.waived { background: var(--blueground); color: var(--blue); }
        .severity { border: 1px solid currentColor; background: none; color: var(--red); }
        .id { font-weight: 600; white-space: nowrap; }
        .control { margin: .5rem 0; padding: .6rem .9rem; border: 1px solid var(--line); border-radius: .4rem; }
        article.control { border-left: .25rem solid var(--red); }
        summary { cursor: pointer; }
        blockquote { margin: .4rem 0; padding-left: .7rem; border-left: .2rem solid var(--line); color: var(--soft);
          font-style: italic; }
        .finding { margin: .7rem 0; padding-left: .7rem; border-left: .2rem solid var(--redground); }
        .where code { font-weight: 600; }
        .chain { margin: .3rem 0; padding-left: 1.4rem; }
        .fix b { color: var(--green); margin-right: .3rem; }
        .list { margin: .3rem 0; padding-left: 1.2rem; }
        .diagnostics { padding: .6rem .9rem .6rem 2rem; background: var(--raised); border-radius: .4rem; }
        .filter { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center; margin: 1.25rem 0 0; }
        .filter[hidden], [hidden] { display: none; }
        .filter input[type=search] { font: inherit; padding: .25rem .5rem; min-width: 14rem; color: inherit;
          background: var(--ground); border: 1px solid var(--soft); border-radius: .3rem; }
        .filter fieldset { display: flex; flex-wrap: wrap; gap: .2rem .9rem; margin: 0; padding: 0; border: 0; }
        :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
        @media (max-width: 40rem) {
          body { padding: 1rem .75rem 3rem; }
          table, thead, tbody, tr, th, td, caption { display: block; border: 0; padding: 0; }
          thead, .number { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          tbody tr { padding: .45rem 0; border-bottom: 1px solid var(--line); }
          tbody td:first-child, th[scope=row] { display: inline-block; margin-right: .4rem; }
        }
        @media print {
          body { max-width: none; padding: 0; font-size: .85rem; }
          .filter { display: none; }
          .control, .finding, tr { break-inside: avoid; }
          h3 { break-after: avoid; }
          a { color: inherit; text-decoration: none; }
        }
        """

    /// Shown by the script alone: without one there is nothing it could do.
    static let filter = """
        <form class="filter" role="search" aria-label="Controls" hidden>
        <label>Search <input type="search"></label>
        <fieldset><legend hidden>Verdicts</legend>
        <label><input type="checkbox" value="fails" checked> failed</label>
        <label><input type="checkbox" value="unknown" checked> unproved</label>
        <label><input type="checkbox" value="holds" checked> proved</label>
        <label><input type="checkbox" value="accepted" checked> accepted</label>
        <label><input type="checkbox" value="notApplicable" checked> not applicable</label>
        </fieldset>
        <output aria-live="polite"></output>
        </form>
        """

    static let script = """
        const form = document.querySelector('.filter'), controls = [...document.querySelectorAll('.control')];
        const words = new Map(controls.map(c => [c, c.textContent.toLowerCase()]));
        function apply() {
          const wanted = form.querySelector('[type=search]').value.toLowerCase().trim();
          const verdicts = new Set([...form.querySelectorAll(':checked')].map(box => box.value));
          let shown = 0;
          for (const c of controls) {
            c.hidden = !verdicts.has(c.dataset.verdict) || !words.get(c).includes(wanted);
            if (!c.hidden) shown += 1;
          }
          for (const p of document.querySelectorAll('.policy')) p.hidden = !p.querySelector('.control:not([hidden])');
          form.querySelector('output').textContent = shown + ' of ' + controls.length + ' controls';
        }
        form.hidden = false;
        form.addEventListener('input', apply);
        form.addEventListener('submit', event => event.preventDefault());
        """
}
