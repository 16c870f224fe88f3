package tui

import (
	_ "embed"
	"time"

	"lifeboat/runbook"
)

// The books of the stories. Each is as small as its story allows, but for the
// shop's, which has everything that a book can ask for.
const (
	two       = "---\nlifeboat: 1\n---\n# Book\n\n## Step\n\n- [ ] First\n- [ ] Last\n"
	slow      = "---\nlifeboat: 1\n---\n# Book\n\n## Step\n\n```sh\nwork\n```\n\n- [ ] Last\n"
	steps     = "---\nlifeboat: 1\n---\n# Book\n\n## One\n\n- [ ] First\n\n## Two\n\nPears are ripe.\n\n- [ ] Second\n- [ ] Pick the pears\n\n## Three (optional)\n\n- [ ] Third\n"
	failing   = "---\nlifeboat: 1\n---\n# Book\n\n## Step\n\n```sh {name=try rollback=undo}\ntry it\nand more\n```\n\n```sh {name=undo}\nundo it\n```\n\n```sh {name=see probe expect=\"all good\"}\nsee it\n```\n\n- [ ] Last\n"
	dangerous = "---\nlifeboat: 1\nidentify: who is it\n---\n# Book\n\n## Step\n\n```sh {name=list}\nlist it\n```\n\n> [!CAUTION]\n> This deletes the table.\n\n```sh {danger preview=list}\nwipe \\\n  everything\n```\n\n- [ ] Last\n"
	secretive = "---\nlifeboat: 1\nsecrets: [KEY]\n---\n# Book\n\n## Step\n\n```sh\nuse $KEY\n```\n\n- [ ] Last\n"
	asking    = "---\nlifeboat: 1\n---\n# Book\n\n## Step\n\n- [ ] Where is it: ____\n- [ ] Which (`W`): ____ (left / right)\n- [ ] Since (`SINCE`): ____ (UTC)\n- [ ] Last\n"
	behind    = "---\nlifeboat: 1\n---\n# Book\n\n## One\n\n```sh {name=copy background}\ncopy\n```\n\n- [ ] Meanwhile\n\n## Two\n\n- [ ] Here\n\n```sh {after=copy}\nuse\n```\n"
	witnessed = "---\nlifeboat: 1\n---\n# Book\n\n## Step\n<!-- lifeboat: witness -->\n\n- [ ] First\n\n## After\n\n- [ ] Last\n"
	clocked   = "---\nlifeboat: 1\nobjectives: {critical: 1h, full: 4h}\n---\n# Book\n\n## Step\n<!-- lifeboat: reached=critical -->\n\n```sh\nwork\n```\n\n- [ ] First\n\n## After\n\n- [ ] Last\n"
	forked    = "---\nlifeboat: 1\n---\n# Book\n\n## Which way\n\n- [Left](#left): it is dark\n- [Right](#right)\n\n## Left\n\n- [ ] In the dark\n\n## Right\n\n- [ ] In the light\n"
	foreign   = "# Guide\n\n## Step\n\n```sh\ndo <it>\n```\n\n- [ ] Last\n"
	sitting   = "---\nlifeboat: 1\n---\n# Book\n\n## Step\n\n```sh {interactive}\npsql shop\n```\n\n- [ ] Last\n"
)

//go:embed testdata/shop.md
var shop string

// shopPlays are how the shop's commands go when all goes well.
func shopPlays(w *world) {
	w.Plays["./whoami.sh"] = play{Out: "happy-otter-123\n"}
	w.Plays[`./look.sh --database "$SHOP_DB" \`] = play{Out: "connected to the shop database\n12,431 orders since 03:10\nnewest 04:02\n", Takes: 8 * time.Second, Expected: "met"}
	w.Plays["./export.sh --to evidence/shop.dump"] = play{Out: "exporting orders\nexporting customers\n", Takes: 30 * time.Second, After: "312 MB written\n"}
	w.Plays[`./tables.sh "$SHOP_DB"`] = play{Out: "orders       12,431 rows\ncustomers     3,020 rows\npayments     11,988 rows\n"}
	w.Plays[`./restore.sh --database "$SHOP_DB" \`] = play{
		Out: "reading backups/last-good.dump\n", After: "orders, customers, payments: restored\n", Takes: 40 * time.Second,
		Fact: runbook.Fact{Name: "recovery_point", Value: "1999-12-31T23:25:00Z"},
	}
	w.Plays[`./restore.sh --database "$SHOP_DB" --from evidence/shop.dump`] = play{Out: "as it was before\n", Takes: 10 * time.Second}
}
