package store

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

// schema is the highest one this package reads, and the one it writes.
const schema = 1

// The buckets, as FORMAT.md has them.
const (
	bucketMeta    = "meta"
	bucketStreams = "streams"
	bucketHeads   = "heads"
	bucketShelf   = "shelf"
	bucketBooks   = "books"

	keySchema  = "schema"
	keyStation = "station"
	keyCheck   = "check"
)

// create makes a new log under another name and renames it when it is whole and
// synced: a power cut leaves no log or a good one. Two processes may do this at
// once; one of them wins, and neither overwrites the other.
func create(path string, noSync bool) error {
	if err := makeDirs(filepath.Dir(path)); err != nil {
		return err
	}
	temp := fmt.Sprintf("%s.new-%d-%s", path, os.Getpid(), randomID()[:8])
	defer os.Remove(temp) // gone already if all went well
	if err := fill(temp, noSync); err != nil {
		return err
	}
	if err := publish(temp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if noSync {
		return nil
	}
	return syncDir(filepath.Dir(path))
}

// fill writes the buckets of an empty log.
func fill(temp string, noSync bool) error {
	db, err := bolt.Open(temp, 0o600, &bolt.Options{
		PageSize: pageSize, FreelistType: bolt.FreelistMapType, NoSync: noSync, NoGrowSync: noSync,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			return os.OpenFile(name, flag|os.O_EXCL, mode)
		},
	})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range []string{bucketStreams, bucketHeads, bucketShelf, bucketBooks} {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		meta, err := tx.CreateBucket([]byte(bucketMeta))
		if err != nil {
			return err
		}
		station := randomID()
		return errors.Join(
			meta.Put([]byte(keySchema), []byte(strconv.Itoa(schema))),
			meta.Put([]byte(keyStation), []byte(station)),
			meta.Put([]byte(keyCheck), identityCheck(strconv.Itoa(schema), station)))
	})
	if err == nil && !noSync {
		err = db.Sync()
	}
	return errors.Join(err, db.Close())
}

func identityCheck(schema, station string) []byte {
	s := sha256.Sum256(appendField(appendField(nil, []byte(schema)), []byte(station)))
	return s[:8]
}

// identity reads the schema and the station id, and refuses a newer file.
func (t *tree) identity() (version int, station string, err error) {
	var said, check string
	b, _, err := t.bucket(bucketMeta)
	if err == nil {
		err = t.ascend(b, nil, func(k, v []byte, _ bool) bool {
			switch string(k) {
			case keySchema:
				said = string(v)
			case keyStation:
				station = string(v)
			case keyCheck:
				check = string(v)
			}
			return true
		})
	}
	if err != nil {
		return 0, "", err
	}
	version, err = strconv.Atoi(said)
	if err != nil || version < 1 {
		return 0, "", fmt.Errorf("%w: its schema is %q", ErrDamaged, said)
	}
	if version > schema {
		return version, "", fmt.Errorf("%w: its schema is %d, this program knows %d", ErrNewer, version, schema)
	}
	if check != string(identityCheck(said, station)) {
		err = fmt.Errorf("%w: station id %q fails its checksum", ErrDamaged, station)
	}
	return version, station, err
}

// publishByLink is for systems that can't rename without replacing.
func publishByLink(temp, path string) error {
	if err := os.Link(temp, path); err != nil {
		return err
	}
	return os.Remove(temp)
}

// makeDirs makes a folder and those above it, and their names durable.
func makeDirs(dir string) error {
	if st, err := os.Stat(dir); err == nil && st.IsDir() {
		return nil
	}
	up := filepath.Dir(dir)
	if up != dir {
		if err := makeDirs(up); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(up)
}

func randomID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
