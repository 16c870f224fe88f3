//go:build !linux

package store

import "os"

// holder can't tell here who has f locked.
func holder(*os.File) string { return "" }

// networkFS can't tell here.
func networkFS(string) string { return "" }

// publish gives a finished file its name, unless that name is taken.
func publish(temp, path string) error { return publishByLink(temp, path) }

func statFile(f *os.File) (fileInfo, error) { return plainStat(f.Stat()) }

func statPath(path string) (fileInfo, error) { return plainStat(os.Stat(path)) }
