// Command check reads what the ledger serves with Go's own libraries, and says what they make of it.
//
//	check note FILE LOG_VKEY [WITNESS_VKEY...]    a checkpoint: origin, size, and every signer that verifies
//	check proof FILE RECORD_HASH_HEX LOG_VKEY     a tlog-proof: the record is in the tree that the log signed
package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	logfmt "github.com/transparency-dev/formats/log"
	cosig "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	data, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	switch args[0] {
	case "note":
		return checkpoint(data, args[2], args[3:])
	case "proof":
		return included(data, args[2], args[3])
	}
	return errors.New("check note | check proof")
}

func checkpoint(data []byte, vkey string, witnesses []string) error {
	log, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	var others []note.Verifier
	for _, w := range witnesses {
		v, err := cosig.NewVerifierForCosignatureV1(w)
		if err != nil {
			return err
		}
		others = append(others, v)
	}
	cp, _, n, err := logfmt.ParseCheckpoint(data, log.Name(), log, others...)
	if err != nil {
		return err
	}
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + fmt.Sprint(cp.Size) + "\n" + tlog.Hash(cp.Hash).String() + "\n"))
	if err != nil {
		return err
	}
	fmt.Println(cp.Origin, tree.N)
	for _, s := range n.Sigs {
		fmt.Println("signed by", s.Name)
		if s.Name != log.Name() {
			at, err := cosig.CoSigV1Timestamp(s)
			if err != nil {
				return err
			}
			fmt.Println("at", at.Unix())
		}
	}
	return nil
}

func included(data []byte, record, vkey string) error {
	var p proof.TLogProof
	if err := p.Unmarshal(data); err != nil {
		return err
	}
	log, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	cp, _, _, err := logfmt.ParseCheckpoint(p.Checkpoint, log.Name(), log)
	if err != nil {
		return err
	}
	leaf, err := hex.DecodeString(record)
	if err != nil {
		return err
	}
	var path tlog.RecordProof
	for _, h := range p.Hashes {
		path = append(path, tlog.Hash(h))
	}
	if err := tlog.CheckRecord(path, int64(cp.Size), tlog.Hash(cp.Hash), int64(p.Index), tlog.RecordHash(leaf)); err != nil {
		return err
	}
	fmt.Println("included", p.Index, cp.Size)
	return nil
}
