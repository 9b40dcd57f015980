// Command verify checks a published log with golang.org/x/mod/sumdb/note and tlog only: it shares
// no code with the log it checks.
//
//	verify FOLDER VKEY [PROOF INDEX | CONSISTENCY OLD]
//
// PROOF is a tlog-proof of the entry at INDEX; CONSISTENCY a file with the hashes, one base64 line
// each, that lead from the tree of size OLD to this one.
package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type folder string

func (f folder) Height() int { return height }

// path turns x/mod's names, tile/8/<L>/… and tile/8/data/…, into those of tlog-tiles.
func path(t tlog.Tile) string {
	p := strings.TrimPrefix(t.Path(), "tile/8/")
	return "tile/" + strings.Replace(p, "data/", "entries/", 1)
}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, t := range tiles {
		b, err := os.ReadFile(filepath.Join(string(f), path(t)))
		if err != nil {
			return nil, err
		}
		data = append(data, b)
	}
	return data, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

type memory []tlog.Hash

func (m *memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, i := range indexes {
		if i >= int64(len(*m)) {
			return nil, fmt.Errorf("no stored hash %d", i)
		}
		out = append(out, (*m)[i])
	}
	return out, nil
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func fail(format string, args ...interface{}) { check(fmt.Errorf(format, args...)) }

func open(signed []byte, vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	check(err)
	n, err := note.Open(signed, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		fail("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}
}

func entries(dir folder, size int64) [][]byte {
	var all [][]byte
	for n := int64(0); n*256 < size; n++ {
		width := size - n*256
		if width > 256 {
			width = 256
		}
		t := tlog.Tile{H: height, L: -1, N: n, W: int(width)}
		b, err := os.ReadFile(filepath.Join(string(dir), path(t)))
		check(err)
		for i := int64(0); i < width; i++ {
			if len(b) < 2 || len(b)-2 < int(b[0])<<8|int(b[1]) {
				fail("tile of entries %d is cut", n)
			}
			end := 2 + (int(b[0])<<8 | int(b[1]))
			all = append(all, b[2:end])
			b = b[end:]
		}
		if len(b) > 0 {
			fail("tile of entries %d is too long", n)
		}
	}
	return all
}

func main() {
	dir, vkey := folder(os.Args[1]), os.Args[2]
	signed, err := os.ReadFile(filepath.Join(string(dir), "checkpoint"))
	check(err)
	tree := open(signed, vkey)
	all := entries(dir, tree.N)

	// The tree these entries have, from nothing but the entries.
	var stored memory
	for i, entry := range all {
		hashes, err := tlog.StoredHashes(int64(i), entry, &stored)
		check(err)
		stored = append(stored, hashes...)
	}
	if tree.N > 0 {
		root, err := tlog.TreeHash(tree.N, &stored)
		check(err)
		if root != tree.Hash {
			fail("the entries have another root")
		}
	}
	// Every tile that a tree of this size has, byte for byte.
	for _, t := range tlog.NewTiles(height, 0, tree.N) {
		if t.W < 256 && int64(t.W) != (tree.N>>(height*t.L))%256 {
			continue // the partial tiles of smaller trees
		}
		want, err := tlog.ReadTileData(t, &stored)
		check(err)
		got, err := dir.ReadTiles([]tlog.Tile{t})
		check(err)
		if !bytes.Equal(want, got[0]) {
			fail("%s differs", path(t))
		}
	}
	// Proofs made from the published tiles, authenticated against the signed root.
	published := tlog.TileHashReader(tree, dir)
	for _, i := range []int64{0, 1, 254, 255, 256, 511, 65535, 65536, tree.N / 2, tree.N - 1} {
		if i < 0 || i >= tree.N {
			continue
		}
		proof, err := tlog.ProveRecord(tree.N, i, published)
		check(err)
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, i, tlog.RecordHash(all[i])))
	}
	for _, old := range []int64{1, 2, 255, 256, 257, 65536, tree.N / 2, tree.N} {
		if old < 1 || old > tree.N {
			continue
		}
		before, err := tlog.TreeHash(old, &stored)
		check(err)
		proof, err := tlog.ProveTree(tree.N, old, published)
		check(err)
		check(tlog.CheckTree(proof, tree.N, tree.Hash, old, before))
	}
	if len(os.Args) == 5 {
		text, err := os.ReadFile(os.Args[3])
		check(err)
		at, err := strconv.ParseInt(os.Args[4], 10, 64)
		check(err)
		if strings.HasPrefix(string(text), "c2sp.org/tlog-proof@v1\n") {
			parts := strings.SplitN(string(text), "\n\n", 2)
			own := open([]byte(parts[1]), vkey)
			var proof tlog.RecordProof
			for _, line := range strings.Split(parts[0], "\n")[1:] {
				if strings.HasPrefix(line, "extra ") {
					carried, err := base64.StdEncoding.DecodeString(line[6:])
					check(err)
					if !bytes.Equal(carried, all[at]) {
						fail("carries another entry")
					}
				} else if strings.HasPrefix(line, "index ") {
					if line != "index "+os.Args[4] {
						fail("is of another entry")
					}
				} else {
					h, err := tlog.ParseHash(line)
					check(err)
					proof = append(proof, h)
				}
			}
			check(tlog.CheckRecord(proof, own.N, own.Hash, at, tlog.RecordHash(all[at])))
		} else {
			var proof tlog.TreeProof
			for _, line := range strings.Fields(string(text)) {
				h, err := tlog.ParseHash(line)
				check(err)
				proof = append(proof, h)
			}
			before, err := tlog.TreeHash(at, &stored)
			check(err)
			check(tlog.CheckTree(proof, tree.N, tree.Hash, at, before))
		}
	}
	fmt.Printf("verified %d %s\n", tree.N, tree.Hash)
}
